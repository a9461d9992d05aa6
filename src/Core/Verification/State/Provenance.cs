using System.Runtime.CompilerServices;

namespace Skep.Verification.State;

/// <summary>
/// Where values came from: a node for each value that the walk made, with the nodes that it was computed from. It answers two questions about a state
/// that was kept for comparison: did it matter later what value a register had (<see cref="Precise"/>), and was a stack slot read later
/// (<see cref="Read"/>). Both are marked when that turns out, on the node and on all that it stems from, and every kept state that has the node sees it.
/// </summary>
/// <remarks>
/// Linux finds the same by walking the instructions of a path backwards (mark_chain_precision in kernel/bpf/verifier.c). Sharing nodes makes that
/// a walk over what a value really depends on, and lets marks arrive late: <see cref="Follow"/> ties a node of one path to a node of another.
/// Not thread-safe.
/// </remarks>
internal sealed class Provenance
{
    public const byte Precise = 1;
    public const byte Read = 2;

    private const int FirstCapacity = 1024;

    private Node[] _nodes = new Node[FirstCapacity];
    private Follower[] _followers = new Follower[64];
    private int[] _pending = new int[64];
    private int _followerCount;

    /// <summary>Nodes made so far; node 0 stands for nothing.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>In bytes.</summary>
    public long MemoryUse => ((long)_nodes.Length * Unsafe.SizeOf<Node>()) + ((long)_followers.Length * Unsafe.SizeOf<Follower>());

    /// <summary>A new value; parents are 0 where it depends on fewer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(int first = 0, int second = 0)
    {
        if (Count == _nodes.Length)
        {
            Array.Resize(ref _nodes, Count * 2);
        }

        int node = Count++;
        _nodes[node].First = first;
        _nodes[node].Second = second;
        return node;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int node, byte flag) => (_nodes[node].Flags & flag) != 0;

    public bool IsPrecise(int node) => Has(node, Precise);

    public bool IsRead(int node) => Has(node, Read);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Mark(int node, byte flag)
    {
        if (node != 0 && (_nodes[node].Flags & flag) == 0)
        {
            MarkAll(node, flag);
        }
    }

    /// <summary>From now on <paramref name="node"/> is marked with whatever <paramref name="leader"/> is marked with.</summary>
    public void Follow(int leader, int node)
    {
        if (leader == 0 || node == 0 || leader == node)
        {
            return;
        }

        byte flags = _nodes[leader].Flags;
        Mark(node, (byte)(flags & Precise));
        Mark(node, (byte)(flags & Read));
        if (flags == (Precise | Read))
        {
            return;
        }

        if (_followerCount == _followers.Length)
        {
            Array.Resize(ref _followers, _followerCount * 2);
        }

        _followers[_followerCount] = new Follower { Node = node, Next = _nodes[leader].Followers };
        _nodes[leader].Followers = ++_followerCount;
    }

    private void MarkAll(int node, byte flag)
    {
        if (flag == 0)
        {
            return;
        }

        int count = 0;
        Push(node, flag, ref count);
        while (count > 0)
        {
            ref Node at = ref _nodes[_pending[--count]];
            Push(at.First, flag, ref count);
            Push(at.Second, flag, ref count);
            for (int follower = at.Followers; follower != 0; follower = _followers[follower - 1].Next)
            {
                Push(_followers[follower - 1].Node, flag, ref count);
            }
        }
    }

    private void Push(int node, byte flag, ref int count)
    {
        if (node == 0 || (_nodes[node].Flags & flag) != 0)
        {
            return;
        }

        _nodes[node].Flags |= flag;
        if (count == _pending.Length)
        {
            Array.Resize(ref _pending, count * 2);
        }

        _pending[count++] = node;
    }

    private struct Node
    {
        public int First;
        public int Second;

        /// <summary>One more than an index into the followers; 0 for none.</summary>
        public int Followers;
        public byte Flags;
    }

    private struct Follower
    {
        public int Node;
        public int Next;
    }
}
