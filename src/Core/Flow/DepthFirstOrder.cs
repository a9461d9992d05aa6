using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Skep.Flow;

/// <summary>
/// One depth-first walk from all function entries, with a stack of its own: a program of a million jumps must not
/// overflow the thread's.
/// </summary>
internal sealed class DepthFirstOrder
{
    /// <summary>What <see cref="Number"/> says of a block that is not reached.</summary>
    internal const int Unreached = -1;

    private DepthFirstOrder(int[] number, BlockIndex[] preorder, int[] parent, BlockIndex[] postorder)
    {
        Number = number;
        Preorder = preorder;
        Parent = parent;
        Array.Reverse(postorder);
        ReversePostorder = ImmutableCollectionsMarshal.AsImmutableArray(postorder);
    }

    /// <summary>By block: its place in <see cref="Preorder"/>.</summary>
    internal int[] Number { get; }

    internal BlockIndex[] Preorder { get; }

    /// <summary>By number: the number of the parent in the tree of the walk; <see cref="Unreached"/> for entries.</summary>
    internal int[] Parent { get; }

    internal ImmutableArray<BlockIndex> ReversePostorder { get; }

    internal ImmutableArray<bool> Reached() => ImmutableArray.CreateRange(Number.Select(number => number != Unreached));

    internal static DepthFirstOrder Walk(ControlFlowGraph graph)
    {
        int[] number = new int[graph.Blocks.Length];
        Array.Fill(number, Unreached);
        var preorder = new List<BlockIndex>(graph.Blocks.Length);
        var parent = new List<int>(graph.Blocks.Length);
        var postorder = new List<BlockIndex>(graph.Blocks.Length);
        var path = new Stack<(BlockIndex Block, int NextSuccessor)>();

        // Last function first, so that the reverse postorder begins with the main function.
        for (int function = graph.Functions.Length - 1; function >= 0; function--)
        {
            Enter(graph.Entry(new FunctionIndex(function)), Unreached);
            while (path.TryPop(out (BlockIndex Block, int NextSuccessor) top))
            {
                ReadOnlySpan<BlockIndex> successors = graph.Successors(top.Block);
                if (top.NextSuccessor == successors.Length)
                {
                    postorder.Add(top.Block);
                    continue;
                }

                path.Push((top.Block, top.NextSuccessor + 1));
                Enter(successors[top.NextSuccessor], number[top.Block.Value]);
            }
        }

        return new DepthFirstOrder(number, [.. preorder], [.. parent], [.. postorder]);

        void Enter(BlockIndex block, int from)
        {
            if (number[block.Value] == Unreached)
            {
                number[block.Value] = preorder.Count;
                preorder.Add(block);
                parent.Add(from);
                path.Push((block, 0));
            }
        }
    }
}
