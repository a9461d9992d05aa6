using System.Collections.Immutable;
using Skep.Flow;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Core.Tests.Flow;

public sealed class ControlFlowGraphTests
{
    [Fact]
    public void Blocks_begin_at_targets_and_after_branches_and_calls_do_not_end_them()
    {
        ControlFlowGraph graph = GraphSamples.Of("""
            r6 = 3
            call unknown#7
            if r0 == 0x1 goto end
            again: r6 -= 1
            if r6 != 0x0 goto again
            r1 = 0x1
            end: exit
            """);

        Assert.Equal("0+3 → 1 3 ← | 3+2 → 2 1 ← 0 1 | 5+2 → 3 ← 1 | 7+1 → ← 0 2", Describe(graph));
        Assert.Equal(new BlockIndex(2), graph.BlockAt(new SlotIndex(6)));
    }

    [Theory]
    [InlineData("goto pc+9\nexit", "0+1 → ← | 1+1 → ←")]
    [InlineData("if r1 == 0x0 goto pc+1\nr1 = 0x1\nexit", "0+1 → 1 ← | 1+3 → ← 0")]
    [InlineData("if r1 == 0x0 goto pc+0\nexit", "0+1 → 1 ← | 1+1 → ← 0")]
    [InlineData("goto pc-1", "0+1 → 0 ← 0")]
    [InlineData("r0 = 1", "0+1 → ←")]
    [InlineData("invalid 0xff\nexit", "0+1 → ← | 1+1 → ←")]
    public void Malformed_branches_have_no_edge_and_double_ones_one(string text, string expected) =>
        Assert.Equal(expected, Describe(GraphSamples.Of(text)));

    [Fact]
    public void Edges_stay_in_their_function()
    {
        ImmutableArray<Instruction> code = Assembler.Assemble("goto pc+1\nexit\nif r1 == 0x0 goto pc-3\nexit").Instructions;
        ControlFlowGraph graph = ControlFlowGraph.Build(code, [new(new SlotIndex(0), 2), new(new SlotIndex(2), 2)]);

        Assert.Equal("0+1 → ← | 1+1 → ← | 2+1 → 3 ← | 3+1 → ← 2", Describe(graph));
        Assert.Equal(new BlockIndex(2), graph.Entry(new FunctionIndex(1)));
        Assert.False(graph.IsReachable(new BlockIndex(1)));
        Assert.True(graph.IsReachable(new BlockIndex(3)));
        Assert.Equal([0, 2, 3], graph.ReversePostorder.Select(block => block.Value));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(0, 3)]
    public void Functions_must_cover_the_program(int start, int length) =>
        Assert.Throws<ArgumentException>(() => ControlFlowGraph.Build(Assembler.Assemble("r0 = 0\nexit").Instructions, [new(new SlotIndex(start), length)]));

    private static string Describe(ControlFlowGraph graph) => string.Join(" | ", graph.Blocks.Select((block, index) =>
        $"{block.Start}+{block.Length} →{List(graph.Successors(new BlockIndex(index)))} ←{List(graph.Predecessors(new BlockIndex(index)))}"));

    private static string List(ReadOnlySpan<BlockIndex> blocks) => string.Concat(blocks.ToArray().Select(block => $" {block.Value}"));
}
