using System.Collections.Immutable;

namespace Skep.Flow;

/// <summary>A natural loop of one <see cref="LoopForest"/>.</summary>
public readonly record struct LoopIndex(int Value);

/// <summary>A natural loop: all back edges to one header share it.</summary>
/// <param name="Header">The one block through which control enters.</param>
/// <param name="Latches">Where its back edges come from, in the order of the blocks.</param>
/// <param name="Parent">The innermost loop around it.</param>
/// <param name="Depth">1 for an outermost loop.</param>
public sealed record Loop(LoopIndex Index, BlockIndex Header, ImmutableArray<BlockIndex> Latches, LoopIndex? Parent, int Depth);

/// <summary>
/// The natural loops and how they are nested. Bodies are not listed, because nested loops would repeat them without bound:
/// each block knows its innermost loop instead. Immutable.
/// </summary>
public sealed class LoopForest
{
    private readonly int[] _innermost;
    private readonly int[] _lastDescendant;

    internal LoopForest(ImmutableArray<Loop> loops, int[] innermost, bool isReducible)
    {
        Loops = loops;
        IsReducible = isReducible;
        _innermost = innermost;
        _lastDescendant = LastDescendants(loops);
    }

    /// <summary>Outer loops before inner ones; what is inside a loop follows it directly.</summary>
    public ImmutableArray<Loop> Loops { get; }

    /// <summary>Whether every cycle is a natural loop. Where not, some cycle has two ways in and no loop here.</summary>
    public bool IsReducible { get; }

    public Loop this[LoopIndex loop] => Loops[loop.Value];

    public static LoopForest Build(ControlFlowGraph graph, DominatorTree dominators)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(dominators);
        return new LoopFinder(graph, dominators).Find();
    }

    /// <summary>The innermost loop that a block belongs to; null outside all loops.</summary>
    public LoopIndex? InnermostLoop(BlockIndex block) => _innermost[block.Value] is >= 0 and int loop ? new LoopIndex(loop) : null;

    /// <summary>Whether a block belongs to a loop or to one inside it. In constant time.</summary>
    public bool Contains(LoopIndex loop, BlockIndex block) =>
        _innermost[block.Value] >= loop.Value && _innermost[block.Value] <= _lastDescendant[loop.Value];

    private static int[] LastDescendants(ImmutableArray<Loop> loops)
    {
        int[] last = [.. Enumerable.Range(0, loops.Length)];
        for (int loop = loops.Length - 1; loop >= 0; loop--)
        {
            if (loops[loop].Parent is { } parent)
            {
                last[parent.Value] = Math.Max(last[parent.Value], last[loop]);
            }
        }

        return last;
    }
}
