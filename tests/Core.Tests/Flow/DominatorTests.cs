using Skep.Flow;

namespace Skep.Core.Tests.Flow;

/// <summary>Dominators and loops against their definitions, on random graphs.</summary>
public sealed class DominatorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Agree_with_their_definition_on_random_graphs(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 300; i++)
        {
            ControlFlowGraph graph = GraphSamples.Random(random, random.Next(1, 16));
            CheckDominators(graph);
            CheckLoops(graph);
        }
    }

    [Fact]
    public void Nested_loops_know_their_parents()
    {
        ControlFlowGraph graph = GraphSamples.Of("""
            r1 = 9
            outer: r2 = 9
            inner: r2 -= 1
            if r2 != 0x0 goto inner
            r1 -= 1
            if r1 != 0x0 goto outer
            again: r1 += 1
            if r1 != 0x9 goto again
            exit
            """);
        LoopForest forest = LoopForest.Build(graph, DominatorTree.Build(graph));

        Assert.True(forest.IsReducible);
        Assert.Equal(
            ["0: header 1, latches 3, depth 1", "1: header 2, latches 2, depth 2", "2: header 4, latches 4, depth 1"],
            forest.Loops.OrderBy(loop => loop.Header).Select(loop => $"{loop.Index.Value}: header {loop.Header.Value}, latches {string.Join(' ', loop.Latches.Select(latch => latch.Value))}, depth {loop.Depth}"));
    }

    [Fact]
    public void A_cycle_with_two_ways_in_is_no_loop()
    {
        ControlFlowGraph graph = GraphSamples.Of("if r1 == 0x0 goto b\na: r1 += 1\nb: r1 += 2\nif r1 != 0x9 goto a\nexit");
        LoopForest forest = LoopForest.Build(graph, DominatorTree.Build(graph));

        Assert.Empty(forest.Loops);
        Assert.False(forest.IsReducible);
    }

    private static void CheckDominators(ControlFlowGraph graph)
    {
        DominatorTree tree = DominatorTree.Build(graph);
        int count = graph.Blocks.Length;
        for (int block = 0; block < count; block++)
        {
            var strict = new List<int>();
            for (int candidate = 0; candidate < count; candidate++)
            {
                bool expected = Reaches(graph, 0, block, without: -1) && Reaches(graph, 0, candidate, without: -1) && !Reaches(graph, 0, block, without: candidate);
                Assert.Equal(expected, tree.Dominates(new BlockIndex(candidate), new BlockIndex(block)));
                if (expected && candidate != block)
                {
                    strict.Add(candidate);
                }
            }

            // The immediate dominator is the strict one that all the others dominate.
            int? immediate = strict.Count == 0 ? null : strict.Single(one => strict.TrueForAll(other => !Reaches(graph, 0, one, without: other)));
            Assert.Equal(immediate, tree.ImmediateDominator(new BlockIndex(block))?.Value);
        }
    }

    private static void CheckLoops(ControlFlowGraph graph)
    {
        DominatorTree tree = DominatorTree.Build(graph);
        LoopForest forest = LoopForest.Build(graph, tree);
        var headers = new List<int>();
        for (int header = 0; header < graph.Blocks.Length; header++)
        {
            int[] latches = [.. graph.Predecessors(new BlockIndex(header)).ToArray().Where(block => tree.Dominates(new BlockIndex(header), block)).Select(block => block.Value)];
            if (latches.Length == 0)
            {
                continue;
            }

            headers.Add(header);
            Loop loop = Assert.Single(forest.Loops, loop => loop.Header.Value == header);
            Assert.Equal(latches, loop.Latches.Select(latch => latch.Value));
            for (int block = 0; block < graph.Blocks.Length; block++)
            {
                bool isInside = block == header
                    || graph.IsReachable(new BlockIndex(block)) && latches.Any(latch => Reaches(graph, block, latch, without: header));
                Assert.Equal(isInside, forest.Contains(loop.Index, new BlockIndex(block)));
            }

            Assert.Equal(loop.Parent is { } parent ? forest[parent].Depth + 1 : 1, loop.Depth);
            Assert.Equal(loop.Index, forest.InnermostLoop(new BlockIndex(header)));
        }

        Assert.Equal(headers.Count, forest.Loops.Length);
        Assert.Equal(IsAcyclicWithoutBackEdges(graph, tree), forest.IsReducible);
    }

    private static bool Reaches(ControlFlowGraph graph, int from, int to, int without)
    {
        var seen = new HashSet<int> { without };
        var pending = new Stack<int>([from]);
        while (pending.TryPop(out int block))
        {
            if (seen.Add(block))
            {
                graph.Successors(new BlockIndex(block)).ToArray().ToList().ForEach(next => pending.Push(next.Value));
            }
        }

        return to != without && seen.Contains(to);
    }

    private static bool IsAcyclicWithoutBackEdges(ControlFlowGraph graph, DominatorTree tree)
    {
        var left = graph.ReversePostorder.ToHashSet();
        bool hasChanged = true;
        while (hasChanged)
        {
            hasChanged = left.RemoveWhere(block => !graph.Predecessors(block).ToArray().Any(from => left.Contains(from) && !tree.Dominates(block, from))) > 0;
        }

        return left.Count == 0;
    }
}
