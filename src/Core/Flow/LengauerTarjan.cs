namespace Skep.Flow;

/// <summary>The algorithm behind <see cref="DominatorTree"/>, on depth-first numbers; its words are those of the paper.</summary>
internal sealed class LengauerTarjan
{
    private const int None = -1;

    private readonly ControlFlowGraph _graph;
    private readonly DepthFirstOrder _order;
    private readonly int[] _semidominator;
    private readonly int[] _ancestor;
    private readonly int[] _label;
    private readonly Stack<int> _path = new();

    internal LengauerTarjan(ControlFlowGraph graph)
    {
        _graph = graph;
        _order = graph.DepthFirst;
        int count = _order.Preorder.Length;
        _semidominator = [.. Enumerable.Range(0, count)];
        _label = [.. _semidominator];
        _ancestor = new int[count];
        Array.Fill(_ancestor, None);
    }

    /// <summary>By number: the number of the immediate dominator; -1 for entries.</summary>
    internal int[] ImmediateDominators()
    {
        int count = _order.Preorder.Length;
        int[] dominator = new int[count];
        int[] bucket = new int[count];
        int[] nextInBucket = new int[count];
        Array.Fill(bucket, None);
        for (int number = count - 1; number >= 0; number--)
        {
            int parent = _order.Parent[number];
            if (parent < 0)
            {
                dominator[number] = None;
                continue;
            }

            FindSemidominator(number);
            nextInBucket[number] = bucket[_semidominator[number]];
            bucket[_semidominator[number]] = number;
            _ancestor[number] = parent;
            for (int member = bucket[parent]; member != None; member = nextInBucket[member])
            {
                int best = Evaluate(member);
                dominator[member] = _semidominator[best] < _semidominator[member] ? best : parent;
            }

            bucket[parent] = None;
        }

        for (int number = 0; number < count; number++)
        {
            if (dominator[number] != None && dominator[number] != _semidominator[number])
            {
                dominator[number] = dominator[dominator[number]];
            }
        }

        return dominator;
    }

    private void FindSemidominator(int number)
    {
        foreach (BlockIndex predecessor in _graph.Predecessors(_order.Preorder[number]))
        {
            int from = _order.Number[predecessor.Value];
            if (from != DepthFirstOrder.Unreached)
            {
                _semidominator[number] = Math.Min(_semidominator[number], _semidominator[Evaluate(from)]);
            }
        }
    }

    private int Evaluate(int number)
    {
        if (_ancestor[number] == None)
        {
            return number;
        }

        Compress(number);
        return _label[number];
    }

    // The paper's recursion, with the path on a stack of our own.
    private void Compress(int number)
    {
        for (int at = number; _ancestor[_ancestor[at]] != None; at = _ancestor[at])
        {
            _path.Push(at);
        }

        while (_path.TryPop(out int at))
        {
            int ancestor = _ancestor[at];
            if (_semidominator[_label[ancestor]] < _semidominator[_label[at]])
            {
                _label[at] = _label[ancestor];
            }

            _ancestor[at] = _ancestor[ancestor];
        }
    }
}
