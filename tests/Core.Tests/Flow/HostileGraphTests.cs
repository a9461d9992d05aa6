using System.Collections.Immutable;
using System.Diagnostics;
using Skep.Flow;
using Skep.Isa;

namespace Skep.Core.Tests.Flow;

/// <summary>A million slots of jumps: no stack overflow, and no more than a few seconds.</summary>
public sealed class HostileGraphTests
{
    private const int Slots = 1_000_000;

    public static TheoryData<string, Func<int, Instruction>> Shapes => new()
    {
        { "each to the next", slot => slot == Slots - 1 ? Exit : GraphSamples.Branch(Operation.JumpEqual64Immediate, slot, slot + 1) },
        { "each back to the start", slot => slot == Slots - 1 ? Exit : GraphSamples.Branch(Operation.JumpEqual64Immediate, slot, 0) },
        { "each to itself", slot => slot == Slots - 1 ? Exit : GraphSamples.Branch(Operation.JumpEqual64Immediate, slot, slot) },
        { "each two on", slot => slot >= Slots - 2 ? Exit : GraphSamples.Branch(Operation.JumpEqual64Immediate, slot, slot + 2) },
        { "loops in loops", slot => slot == Slots - 1 ? Exit : slot < Slots / 2 ? GraphSamples.Move : GraphSamples.Branch(Operation.JumpEqual64Immediate, slot, Slots - 1 - slot) },
        { "ladder", slot => slot == Slots - 1 ? Exit : slot % 2 == 0 ? GraphSamples.Branch(Operation.JumpEqual64Immediate, slot, Math.Min(slot + 3, Slots - 1)) : GraphSamples.Branch(Operation.JumpEqual64Immediate, slot, Math.Max(slot - 5, 0)) },
    };

    private static Instruction Exit => new(Operation.Exit, 0, 0, 0, 0);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Is_built_in_bounded_time(string name, Func<int, Instruction> shape)
    {
        Assert.NotEmpty(name);
        ImmutableArray<Instruction> code = [.. Enumerable.Range(0, Slots).Select(shape)];
        var clock = Stopwatch.StartNew();
        ControlFlowGraph graph = GraphSamples.OneFunction(code);
        DominatorTree dominators = DominatorTree.Build(graph);
        LoopForest loops = LoopForest.Build(graph, dominators);

        Assert.True(graph.Blocks.Length > Slots / 4);
        Assert.True(loops.Loops.Length <= graph.Blocks.Length);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"took {clock.Elapsed}");
    }
}
