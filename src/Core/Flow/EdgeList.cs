using System.Runtime.InteropServices;

namespace Skep.Flow;

/// <summary>Edges in two flat arrays, because an object a block would cost a hundred bytes for each of a million blocks.</summary>
/// <param name="starts">One more than blocks: where the targets of each begin.</param>
internal sealed class EdgeList(int[] starts, BlockIndex[] targets)
{
    internal int BlockCount => starts.Length - 1;

    internal ReadOnlySpan<BlockIndex> this[BlockIndex block] =>
        targets.AsSpan(starts[block.Value], starts[block.Value + 1] - starts[block.Value]);

    internal EdgeList Reversed()
    {
        int[] reversedStarts = new int[starts.Length];
        foreach (BlockIndex target in targets)
        {
            reversedStarts[target.Value + 1]++;
        }

        for (int block = 0; block < BlockCount; block++)
        {
            reversedStarts[block + 1] += reversedStarts[block];
        }

        int[] next = reversedStarts[..^1];
        var sources = new BlockIndex[targets.Length];
        for (int block = 0; block < BlockCount; block++)
        {
            foreach (BlockIndex target in this[new BlockIndex(block)])
            {
                sources[next[target.Value]++] = new BlockIndex(block);
            }
        }

        return new EdgeList(reversedStarts, sources);
    }

    /// <summary>Gathers edges, source after source in the order of the blocks.</summary>
    internal sealed class Builder(int blockCount)
    {
        private readonly int[] _starts = new int[blockCount + 1];
        private readonly List<BlockIndex> _targets = new(blockCount);
        private int _current;

        internal void Add(BlockIndex target)
        {
            bool isDouble = _targets.Count > _starts[_current] && _targets[^1] == target;
            if (!isDouble)
            {
                _targets.Add(target);
            }
        }

        internal void EndBlock() => _starts[++_current] = _targets.Count;

        internal EdgeList Build() => new(_starts, CollectionsMarshal.AsSpan(_targets).ToArray());
    }
}
