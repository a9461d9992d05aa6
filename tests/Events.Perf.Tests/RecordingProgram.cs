using System.Collections.Frozen;
using Skep.Contracts;
using Skep.Execution;
using Skep.Flow;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Events.Perf.Tests;

/// <summary>What a run was given.</summary>
internal delegate void EventHandler(ReadOnlySpan<byte> context, EventOrigin origin);

/// <summary>A tracepoint program whose code is a method of the test.</summary>
internal static class RecordingProgram
{
    public static LoadedProgram Create(EventHandler onEvent, int requiredContextSize = 0)
    {
        var spec = new ProgramSpec { Name = "recorder", Instructions = [] };
        var linked = new LinkedProgram(spec, new TracepointType(), [])
        {
            Helpers = FrozenDictionary<int, HelperBinding>.Empty,
            Maps = FrozenDictionary<int, MapBinding>.Empty,
        };
        var facts = new ProgramFacts { Proof = Proof.Structure, Reachable = [], Functions = [], RequiredContextSize = requiredContextSize };
        var lowered = new LoweredProgram(new VerifiedProgram(linked, ControlFlowGraph.Build([], []), facts))
        {
            Instructions = [],
            OriginalSlots = [],
            Functions = [],
            FuelSlots = [],
            Helpers = [],
            Maps = [],
        };
        return new LoadedProgram(new ProgramId(1), lowered, new Engine(onEvent), "0000000000000000", [], _ => { });
    }

    private sealed class Engine(EventHandler onEvent) : ProgramEngine
    {
        public override string Name => "recorder";

        public override unsafe ulong Run(Invocation* invocation, in ProgramEntry entry)
        {
            onEvent(new ReadOnlySpan<byte>((void*)entry.Context.Address, (int)entry.Context.Length), invocation->Origin);
            return 0;
        }
    }

    private sealed class TracepointType : IProgramType
    {
        public ProgramTypeDescriptor Descriptor { get; } = new() { Name = "tracepoint", Description = "A test's.", Context = ContextLayout.Record(8192) };

        public ProgramEntry Enter(MemoryRegion data, nint scratch) => new((ulong)data.Address, 0, data);

        public void Leave(MemoryRegion data, nint scratch, ulong result)
        {
        }
    }
}
