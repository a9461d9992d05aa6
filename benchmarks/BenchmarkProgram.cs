using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Lowering;
using Skep.Flow;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Benchmarks;

/// <summary>Makes loaded programs for an engine of choice, past the verifier: the programs here are known.</summary>
internal static class BenchmarkProgram
{
    public static LoadedProgram Load(ImmutableArray<RawInstruction> code, Func<LoweredProgram, ProgramEngine> engine)
    {
        var spec = new ProgramSpec { Name = "benchmark", License = "GPL", Instructions = code };
        var linked = new LinkedProgram(spec, new RawMemory(), InstructionDecoder.Decode(code.AsSpan()))
        {
            Helpers = FrozenDictionary<int, HelperBinding>.Empty,
            Maps = FrozenDictionary<int, MapBinding>.Empty,
        };
        var facts = new ProgramFacts
        {
            Proof = Proof.Full,
            Reachable = [.. Enumerable.Repeat(true, code.Length)],
            Functions = [new FunctionFacts(new SlotIndex(0), code.Length, 0)],
        };
        Registry registry = new RegistryBuilder(CompositionPolicy.Default).Build();
        LoweredProgram lowered = Lowerer.Lower(new VerifiedProgram(linked, ControlFlowGraph.Build([], []), facts), registry);
        return new LoadedProgram(new ProgramId(1), lowered, engine(lowered), "", [], _ => { });
    }

    private sealed class RawMemory : IProgramType
    {
        public ProgramTypeDescriptor Descriptor { get; } = new() { Name = "benchmark", Description = "Any memory.", Context = ContextLayout.Opaque };

        public ProgramEntry Enter(MemoryRegion data, nint scratch) => new((ulong)data.Address, data.Length, data);

        public void Leave(MemoryRegion data, nint scratch, ulong result)
        {
        }
    }
}
