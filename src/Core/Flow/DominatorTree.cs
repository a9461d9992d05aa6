namespace Skep.Flow;

/// <summary>
/// Which blocks every path from a function's entry to a block goes through. Covers the reachable blocks of all functions;
/// each entry is the root of its function's tree. Immutable.
/// </summary>
public sealed class DominatorTree
{
    private const int None = -1;

    private readonly int[] _immediate;
    private readonly int[] _first;
    private readonly int[] _last;

    private DominatorTree(int[] immediate, int[] first, int[] last)
    {
        _immediate = immediate;
        _first = first;
        _last = last;
    }

    /// <summary>By Lengauer and Tarjan ("A Fast Algorithm for Finding Dominators in a Flowgraph", 1979), in O(edges · log blocks).</summary>
    public static DominatorTree Build(ControlFlowGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        DepthFirstOrder order = graph.DepthFirst;
        int[] byNumber = new LengauerTarjan(graph).ImmediateDominators();
        int[] immediate = new int[graph.Blocks.Length];
        Array.Fill(immediate, None);
        for (int number = 0; number < byNumber.Length; number++)
        {
            immediate[order.Preorder[number].Value] = byNumber[number] < 0 ? None : order.Preorder[byNumber[number]].Value;
        }

        (int[] first, int[] last) = NumberTree(byNumber, order);
        return new DominatorTree(immediate, first, last);
    }

    /// <summary>The last block before <paramref name="block"/> that all paths to it share; null for an entry and for unreachable blocks.</summary>
    public BlockIndex? ImmediateDominator(BlockIndex block) => _immediate[block.Value] is >= 0 and int dominator ? new BlockIndex(dominator) : null;

    /// <summary>Whether every path to <paramref name="block"/> goes through <paramref name="dominator"/>; a reachable block dominates itself. In constant time.</summary>
    public bool Dominates(BlockIndex dominator, BlockIndex block) =>
        _first[block.Value] >= 0 && _first[dominator.Value] >= 0
        && _first[dominator.Value] <= _first[block.Value] && _last[block.Value] <= _last[dominator.Value];

    // A block's subtree occupies an interval of a preorder of the tree. A dominator's number is always lower than that of
    // what it dominates, so two plain passes do: sizes from the back, positions from the front.
    private static (int[] First, int[] Last) NumberTree(int[] immediate, DepthFirstOrder order)
    {
        int[] size = new int[immediate.Length];
        for (int number = immediate.Length - 1; number >= 0; number--)
        {
            size[number]++;
            if (immediate[number] >= 0)
            {
                size[immediate[number]] += size[number];
            }
        }

        int[] first = new int[order.Number.Length];
        int[] last = new int[order.Number.Length];
        Array.Fill(first, None);
        Array.Fill(last, None);
        int[] nextChild = new int[immediate.Length];
        int nextRoot = 0;
        for (int number = 0; number < immediate.Length; number++)
        {
            ref int next = ref nextRoot;
            if (immediate[number] >= 0)
            {
                next = ref nextChild[immediate[number]];
            }

            int block = order.Preorder[number].Value;
            first[block] = next;
            last[block] = next + size[number] - 1;
            nextChild[number] = next + 1;
            next += size[number];
        }

        return (first, last);
    }
}
