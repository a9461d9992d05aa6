using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Interpreter;
using Skep.Execution.Lowering;
using Skep.Flow;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

/// <summary>How a test runs a program.</summary>
public enum Mode
{
    Checked,
    Unchecked,
    Fueled,
}

/// <summary>A helper of a test.</summary>
internal sealed record TestHelper(HelperDescriptor Descriptor, HelperFunction Function);

/// <summary>
/// A program and its surroundings, taken along the road past the verifier. In the text, <c>map[id:N]</c> and
/// <c>map[id:N][0]+OFFSET</c> mean the Nth of <see cref="Maps"/>.
/// </summary>
internal sealed record TestProgram
{
    public required ImmutableArray<Instruction> Instructions { get; init; }

    public ImmutableArray<TestHelper> Helpers { get; init; } = [];

    public ImmutableArray<LoadedMap> Maps { get; init; } = [];

    public ImmutableArray<Reference> References { get; init; } = [];

    /// <summary>Names of functions, where a test asks for them.</summary>
    public ImmutableArray<FunctionSpec> Functions { get; init; } = [];

    public ImmutableArray<LineInfo> Lines { get; init; } = [];

    /// <summary>Slots that no path reaches.</summary>
    public ImmutableArray<int> Dead { get; init; } = [];

    public ContextLayout Context { get; init; } = ContextLayout.Opaque;

    public ImmutableArray<ContextAccess> ContextAccesses { get; init; } = [];

    public string License { get; init; } = "GPL";

    public Limits Limits { get; init; } = Limits.Default;

    public Proof Proof { get; init; } = Proof.Structure;

    /// <summary>Slots at which loops go round that only fuel ends.</summary>
    public ImmutableArray<int> FuelSlots { get; init; } = [];

    public bool ReadsUnwrittenStack { get; init; } = true;

    /// <summary>Conditional jumps that go only one way.</summary>
    public Dictionary<int, BranchOutcome> Branches { get; init; } = [];

    /// <summary>What the source registers of instructions always hold.</summary>
    public Dictionary<int, ulong> Constants { get; init; } = [];

    /// <summary>How deep functions go below R10, for engines that make each frame as large as that.</summary>
    public int StackBytes { get; init; }

    public static PluginRecord Plugin { get; } = new(new PluginInfo("tests", new Version(1, 0), "Tests."));

    public static TestProgram From(string text)
    {
        AssemblerResult assembled = Assembler.Assemble(text);
        Assert.True(assembled.Succeeded, string.Join('\n', assembled.Errors));
        return new TestProgram { Instructions = assembled.Instructions };
    }

    public static TestProgram From(params Instruction[] instructions) => new() { Instructions = [.. instructions] };

    public LoweredProgram Lower()
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(Plugin, [new Set(Helpers)]));
        Registry registry = builder.Build();
        return Lowerer.Lower(Verified(registry), registry);
    }

    public VerifiedProgram Verified(Registry registry)
    {
        var type = new TestProgramType(Context);
        ImmutableArray<RawInstruction> raw = [.. InstructionEncoder.Encode(Instructions.AsSpan())];
        var spec = new ProgramSpec { Name = "test", License = License, Instructions = raw, References = References, Functions = Functions, Lines = Lines };
        var helpers = new Dictionary<int, HelperBinding>();
        var maps = new Dictionary<int, MapBinding>();
        for (int slot = 0; slot < Instructions.Length; slot++)
        {
            Instruction instruction = Instructions[slot];
            switch (instruction.Operation)
            {
                case Operation.CallHelper when registry.FindHelper(new HelperNumber(instruction.LowImmediate), type.Descriptor) is { } numbered:
                    helpers[slot] = numbered;
                    break;
                case Operation.LoadMapByDescriptor:
                    maps[slot] = new MapBinding(Maps[instruction.LowImmediate], null);
                    break;
                case Operation.LoadMapValueByDescriptor:
                    maps[slot] = new MapBinding(Maps[instruction.LowImmediate], (uint)instruction.HighImmediate);
                    break;
            }
        }

        foreach (ExternReference named in References.OfType<ExternReference>())
        {
            if (registry.FindHelper(named.Name, type.Descriptor) is { } found)
            {
                helpers[named.Slot.Value] = found;
            }
        }

        var linked = new LinkedProgram(spec, type, Instructions) { Helpers = helpers.ToFrozenDictionary(), Maps = maps.ToFrozenDictionary() };
        return new VerifiedProgram(linked, ControlFlowGraph.Build([], []), Facts());
    }

    public LoadedProgram Load(Mode mode)
        => Load(lowered => Engine(mode, lowered, Limits));

    public static ProgramEngine Engine(Mode mode, LoweredProgram lowered, Limits limits) => mode switch
    {
        Mode.Checked => InterpreterEngine.CreateChecked(lowered, limits),
        Mode.Fueled => InterpreterEngine.CreateFueled(lowered, limits),
        _ => InterpreterEngine.CreateUnchecked(lowered, limits),
    };

    public LoadedProgram Load(Func<LoweredProgram, ProgramEngine> engine)
    {
        LoweredProgram lowered = Lower();
        Assert.Empty(LoweringCheck.Find(lowered));
        return new LoadedProgram(new ProgramId(1), lowered, engine(lowered), "", [], _ => { });
    }

    /// <summary>Loads, runs once and unloads.</summary>
    public RunResult Run(Mode mode = Mode.Checked, ProgramEntry entry = default)
    {
        using LoadedProgram program = Load(mode);
        return program.Run(entry);
    }

    private ProgramFacts Facts()
    {
        var starts = new SortedSet<int> { 0 };
        for (int slot = 0; slot < Instructions.Length; slot++)
        {
            if (!Dead.Contains(slot) && Instructions[slot].Operation is Operation.CallLocal)
            {
                starts.Add((int)Instructions[slot].TargetFrom(slot));
            }
            else if (!Dead.Contains(slot) && Instructions[slot].Operation is Operation.LoadFunction)
            {
                FunctionReference? reference = References.OfType<FunctionReference>().FirstOrDefault(reference => reference.Slot.Value == slot);
                starts.Add(reference?.Target.Value ?? slot + 1 + Instructions[slot].LowImmediate);
            }
        }

        int[] ends = [.. starts.Skip(1), Instructions.Length];
        return new ProgramFacts
        {
            Proof = Proof,
            FuelSlots = [.. FuelSlots.Select(slot => new SlotIndex(slot))],
            ContextAccesses = ContextAccesses,
            Branches = [.. Enumerable.Range(0, Instructions.Length).Select(slot => Branches.GetValueOrDefault(slot, BranchOutcome.Both))],
            Constants = Constants.ToFrozenDictionary(),
            Reachable = [.. Enumerable.Range(0, Instructions.Length).Select(slot => !Dead.Contains(slot))],
            Functions = [.. starts.Zip(ends, (start, end) => new FunctionFacts(new SlotIndex(start), end - start, StackBytes) { ReadsUnwrittenStack = ReadsUnwrittenStack })],
        };
    }

    private sealed class Set : HelperSet
    {
        public Set(ImmutableArray<TestHelper> helpers)
            : base("tests")
        {
            foreach (TestHelper helper in helpers)
            {
                Add(helper.Descriptor, helper.Function);
            }
        }
    }

    private sealed class TestProgramType(ContextLayout context) : IProgramType
    {
        public ProgramTypeDescriptor Descriptor { get; } = new() { Name = "test", Description = "Tests.", Context = context };

        public ProgramEntry Enter(MemoryRegion data, nint scratch) => new((ulong)data.Address, data.Length, data);

        public void Leave(MemoryRegion data, nint scratch, ulong result)
        {
        }
    }
}
