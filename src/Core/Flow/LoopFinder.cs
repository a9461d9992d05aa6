using System.Collections.Immutable;

namespace Skep.Flow;

/// <summary>
/// Finds natural loops, innermost first: walks backwards from the latches to the header, and treats each loop that it
/// meets as one block. So no block is walked more than once, whatever the nesting.
/// </summary>
internal sealed class LoopFinder
{
    private const int None = -1;

    private readonly ControlFlowGraph _graph;
    private readonly DominatorTree _dominators;
    private readonly int[] _enclosingHeader;
    private readonly int[] _collapsed;
    private readonly List<BlockIndex> _headers = [];
    private readonly Stack<BlockIndex> _pending = new();
    private readonly List<int> _walked = [];

    internal LoopFinder(ControlFlowGraph graph, DominatorTree dominators)
    {
        _graph = graph;
        _dominators = dominators;
        _enclosingHeader = new int[graph.Blocks.Length];
        Array.Fill(_enclosingHeader, None);
        _collapsed = [.. Enumerable.Range(0, graph.Blocks.Length)];
    }

    internal LoopForest Find()
    {
        BlockIndex[] preorder = _graph.DepthFirst.Preorder;
        for (int number = preorder.Length - 1; number >= 0; number--)
        {
            FindLoopOf(preorder[number]);
        }

        return Assemble();
    }

    private void FindLoopOf(BlockIndex header)
    {
        bool isHeader = false;
        foreach (BlockIndex predecessor in _graph.Predecessors(header))
        {
            if (_dominators.Dominates(header, predecessor))
            {
                isHeader = true;
                Visit(predecessor, header);
            }
        }

        if (!isHeader)
        {
            return;
        }

        _headers.Add(header);
        while (_pending.TryPop(out BlockIndex block))
        {
            foreach (BlockIndex predecessor in _graph.Predecessors(block))
            {
                if (_graph.IsReachable(predecessor))
                {
                    Visit(predecessor, header);
                }
            }
        }
    }

    private void Visit(BlockIndex block, BlockIndex header)
    {
        int outermost = Representative(block.Value);
        if (outermost != header.Value)
        {
            _enclosingHeader[outermost] = header.Value;
            _collapsed[outermost] = header.Value;
            _pending.Push(new BlockIndex(outermost));
        }
    }

    private int Representative(int block)
    {
        while (_collapsed[block] != block)
        {
            _walked.Add(block);
            block = _collapsed[block];
        }

        foreach (int walked in _walked)
        {
            _collapsed[walked] = block;
        }

        _walked.Clear();
        return block;
    }

    // Without back edges a reducible graph has no cycle: in the walk's reverse postorder every other edge goes forward.
    private bool IsReducible()
    {
        int[] position = new int[_graph.Blocks.Length];
        ImmutableArray<BlockIndex> order = _graph.ReversePostorder;
        for (int i = 0; i < order.Length; i++)
        {
            position[order[i].Value] = i;
        }

        foreach (BlockIndex block in order)
        {
            foreach (BlockIndex successor in _graph.Successors(block))
            {
                if (position[successor.Value] <= position[block.Value] && !_dominators.Dominates(successor, block))
                {
                    return false;
                }
            }
        }

        return true;
    }

    // Headers were found innermost first; a preorder of the forest needs each loop's children together.
    private LoopForest Assemble()
    {
        int[] loopOfHeader = NumberLoops();
        var loops = new Loop[_headers.Count];
        foreach (BlockIndex header in _headers.OrderBy(header => loopOfHeader[header.Value]))
        {
            var index = new LoopIndex(loopOfHeader[header.Value]);
            int outer = _enclosingHeader[header.Value];
            LoopIndex? parent = outer == None ? null : new LoopIndex(loopOfHeader[outer]);
            loops[index.Value] = new Loop(index, header, Latches(header), parent, parent is { } known ? loops[known.Value].Depth + 1 : 1);
        }

        int[] innermost = new int[_graph.Blocks.Length];
        for (int block = 0; block < innermost.Length; block++)
        {
            int header = loopOfHeader[block] != None ? block : _enclosingHeader[block];
            innermost[block] = header == None ? None : loopOfHeader[header];
        }

        return new LoopForest([.. loops], innermost, IsReducible());
    }

    private int[] NumberLoops()
    {
        int[] size = new int[_graph.Blocks.Length];
        foreach (BlockIndex header in _headers)
        {
            size[header.Value]++;
            if (_enclosingHeader[header.Value] is not None and int outer)
            {
                size[outer] += size[header.Value];
            }
        }

        int[] index = new int[_graph.Blocks.Length];
        int[] nextChild = new int[_graph.Blocks.Length];
        Array.Fill(index, None);
        int nextRoot = 0;
        for (int i = _headers.Count - 1; i >= 0; i--)
        {
            int header = _headers[i].Value;
            ref int next = ref nextRoot;
            if (_enclosingHeader[header] is not None and int outer)
            {
                next = ref nextChild[outer];
            }

            index[header] = next;
            nextChild[header] = next + 1;
            next += size[header];
        }

        return index;
    }

    private ImmutableArray<BlockIndex> Latches(BlockIndex header)
    {
        var latches = ImmutableArray.CreateBuilder<BlockIndex>();
        foreach (BlockIndex predecessor in _graph.Predecessors(header))
        {
            if (_dominators.Dominates(header, predecessor))
            {
                latches.Add(predecessor);
            }
        }

        return latches.ToImmutable();
    }
}
