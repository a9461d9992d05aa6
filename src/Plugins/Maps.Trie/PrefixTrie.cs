using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>
/// A binary trie of prefixes (kernel/bpf/lpm_trie.c). A key is its prefix length in bits, 32-bit, and then the data, most significant bit first. A look-up finds the
/// value of the longest prefix that the key begins with.
/// </summary>
/// <remarks>
/// Writers lock. Readers walk without, count on the sequence number, which is odd while links change, and walk again when it moved; prefixes grow at every step, so that
/// even a walk through nodes that are given to other keys meanwhile ends. Nodes stay mapped until the map is disposed; the newest prefix takes the place of
/// its old node, so that a value is never half written.
/// </remarks>
internal sealed unsafe partial class PrefixTrie : IKeyedMap
{
    private const uint PrefixBytes = sizeof(uint);

    private readonly MapAccess _access;
    private readonly MapLifetime _lifetime;
    private readonly uint _keySize;
    private readonly uint _valueSize;
    private readonly uint _dataSize;
    private readonly uint _valueOffset;
    private readonly uint _longest;
    private readonly List<nint> _nodes = [];
    private readonly nuint _nodeBytes;

    // The link to the topmost node, in native memory as all links.
    private readonly TrieNode** _root;
    private TrieNode* _free;
    private int _lock;
    private uint _sequence;
    private long _count;

    public PrefixTrie(MapSpec spec)
    {
        Spec = spec;
        _access = MapAccess.FromFlags(spec.Flags);
        _keySize = spec.KeySize;
        _valueSize = spec.ValueSize;
        _dataSize = spec.KeySize - PrefixBytes;
        _longest = _dataSize * 8;
        _valueOffset = (uint)sizeof(TrieNode) + (uint)MapMemory.RoundUp8(_dataSize);
        _nodeBytes = (nuint)(_valueOffset + MapMemory.RoundUp8(_valueSize));
        _root = (TrieNode**)NativeMemory.AllocZeroed((nuint)sizeof(TrieNode*));
        _lifetime = new MapLifetime(Release);
    }

    public MapSpec Spec { get; }

    public long Count => Volatile.Read(ref _count);

    public long MemoryBytes => _lifetime.IsDisposed ? 0 : _nodes.Count * (long)_nodeBytes;

    public nint ProgramLookup(byte* key)
    {
        while (true)
        {
            uint before = Volatile.Read(ref _sequence);
            TrieNode* found = Find(key);
            Volatile.ReadBarrier();
            if (before == _sequence && before % 2 == 0)
            {
                return found is null ? 0 : (nint)found + (nint)_valueOffset;
            }

            Thread.SpinWait(1);
        }
    }

    public long ProgramUpdate(byte* key, byte* value, ulong flags) => -(long)Put(key, value, flags);

    public long ProgramDelete(byte* key) => -(long)Remove(key);

    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        if ((uint)key.Length != _keySize || (uint)value.Length != _valueSize)
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        if (!_access.UserReads)
        {
            return Errno.EPERM;
        }

        fixed (byte* keyBytes = key, valueBytes = value)
        {
            // Nodes are not given to other keys while the lock is held.
            MapSpinLock.Enter(ref _lock);
            TrieNode* found = Find(keyBytes);
            if (found is not null)
            {
                MapMemory.CopyValue(valueBytes, (byte*)found + _valueOffset, _valueSize);
            }

            MapSpinLock.Exit(ref _lock);
            return found is null ? Errno.ENOENT : Errno.None;
        }
    }

    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any)
    {
        if ((uint)key.Length != _keySize || (uint)value.Length != _valueSize)
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        if (!_access.UserWrites)
        {
            return Errno.EPERM;
        }

        fixed (byte* keyBytes = key, valueBytes = value)
        {
            return Put(keyBytes, valueBytes, (ulong)flags);
        }
    }

    public Errno Delete(ReadOnlySpan<byte> key)
    {
        if ((uint)key.Length != _keySize)
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        if (!_access.UserWrites)
        {
            return Errno.EPERM;
        }

        fixed (byte* keyBytes = key)
        {
            return Remove(keyBytes);
        }
    }

    /// <summary>Longer prefixes before the ones that they begin with.</summary>
    public Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        if ((uint)next.Length != _keySize || (!key.IsEmpty && (uint)key.Length != _keySize))
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        if (!_access.UserReads)
        {
            return Errno.EPERM;
        }

        fixed (byte* keyBytes = key, nextBytes = next)
        {
            MapSpinLock.Enter(ref _lock);
            TrieNode* node = After(keyBytes);
            if (node is not null)
            {
                *(uint*)nextBytes = node->PrefixLength;
                MapMemory.CopyValue(nextBytes + PrefixBytes, node->Data, _dataSize);
            }

            MapSpinLock.Exit(ref _lock);
            return node is null ? Errno.ENOENT : Errno.None;
        }
    }

    public void Dispose() => _lifetime.End();

    private static TrieNode* Follow(TrieNode** link) => (TrieNode*)Volatile.Read(ref *(nint*)link);

    private static void Publish(TrieNode** link, TrieNode* node) => Volatile.Write(ref *(nint*)link, (nint)node);

    /// <summary>The entry of the longest prefix that the key begins with.</summary>
    private TrieNode* Find(byte* key)
    {
        uint length = Volatile.Read(ref *(uint*)key);
        byte* data = key + PrefixBytes;
        TrieNode* found = null;
        if (length > _longest)
        {
            return null;
        }

        long above = -1;
        TrieNode* node = Follow(_root);
        while (node is not null)
        {
            uint prefix = node->PrefixLength;

            // Not longer than the one above: links have changed under this walk, which is done again.
            if (prefix <= above || prefix > length || TrieNode.Common(node->Data, data, prefix) < prefix)
            {
                break;
            }

            found = node->IsFork == 0 ? node : found;
            above = prefix;
            node = prefix == _longest ? null : Follow(node->Child(TrieNode.Bit(data, prefix)));
        }

        return found;
    }

    private void Release()
    {
        _nodes.ForEach(node => NativeMemory.Free((void*)node));
        NativeMemory.Free(_root);
    }
}
