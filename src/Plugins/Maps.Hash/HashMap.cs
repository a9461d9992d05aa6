using System.Numerics;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>The head of a chain: 16 bytes, so that a look-up touches one cache line here and one per element.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Bucket
{
    public Element* First;

    /// <summary>Counts the elements that were taken out of the chain.</summary>
    public uint Sequence;

    public int Lock;
}

/// <summary>A hash table with chains: writers lock a bucket, readers lock nothing and never wait.</summary>
/// <remarks>
/// <para>
/// A deleted element may be handed out again at once, so a reader can stand on one that just moved to another bucket. Writers therefore count a bucket's
/// <see cref="Bucket.Sequence"/> up after taking an element out of its chain and before giving it back to the pool. A reader whose sequence is the same
/// before and after its walk has met only elements that were in this chain all the while, with their keys whole; otherwise it walks again. (The kernel ends
/// each chain with a marker that names the bucket, hlist_nulls, and accepts that a key may be compared while it is overwritten.)
/// </para>
/// <para>
/// An update puts a new element in the old one's place with a single store, as the kernel does: a reader sees the old value or the new one, never neither and
/// never a mix. An address that a program got from an earlier look-up leads to the old value, or, once the element is reused, to another key's, as in Linux.
/// User code gets copies that are verified in the same way: always a value that the key had.
/// </para>
/// </remarks>
internal unsafe partial class HashMap<TKey, TValues> : IInlinedLookupMap
    where TKey : struct, IKeyLayout
    where TValues : struct, IValueLayout<TValues>
{
    /// <summary>How often a copy for user code is tried without the lock.</summary>
    private const int MaxCopyAttempts = 8;

    private readonly MapAccess _access;
    private readonly MapLifetime _lifetime;
    private readonly ElementPool _pool;
    private readonly HashSeed _seed;
    private readonly Bucket* _buckets;
    private readonly uint _mask;
    private readonly uint _keySize;
    private readonly uint _valueOffset;
    private readonly TValues _values;
    private readonly bool _evicts;
    private readonly long _bucketBytes;
    private MapMemory _bucketMemory;
    private InlinedCode? _lookup;

    /// <param name="evicts">A full map gives up the entry that was not used for longest.</param>
    public HashMap(MapSpec spec, HashSeed seed, bool evicts)
    {
        Spec = spec;
        _seed = seed;
        _access = MapAccess.FromFlags(spec.Flags);
        _keySize = spec.KeySize;
        _values = TValues.Of(spec);
        _evicts = evicts;
        _valueOffset = (uint)sizeof(Element) + (uint)MapMemory.RoundUp8(_keySize);
        _mask = BitOperations.RoundUpToPowerOf2(spec.MaxEntries) - 1;
        _bucketMemory = new MapMemory((_mask + 1UL) * (ulong)sizeof(Bucket));
        _bucketBytes = (long)_bucketMemory.Length;
        _buckets = (Bucket*)_bucketMemory.Address;
        try
        {
            _pool = new ElementPool(
                _valueOffset + _values.ElementBytes, spec.MaxEntries, (spec.Flags & MapFlags.NoPreallocation) == 0, Environment.ProcessorCount);
        }
        catch (OutOfMemoryException)
        {
            _bucketMemory.Free();
            throw;
        }

        _lifetime = new MapLifetime(Release);
    }

    public MapSpec Spec { get; }

    public long MemoryBytes => _lifetime.IsDisposed ? 0 : _bucketBytes + _pool.Bytes;

    public long Count
    {
        get
        {
            using MapLifetime.Use use = _lifetime.Enter(this);
            return _pool.Count;
        }
    }

    /// <inheritdoc/>
    public InlinedCode? LookupCode => _lookup ??= (_keySize is sizeof(uint) or sizeof(ulong)) && typeof(TValues) == typeof(SingleValue)
        ? InlinedLookup.Of(_keySize, _seed, (ulong)_buckets, _mask, _valueOffset, _evicts)
        : null;

    public nint ProgramLookup(byte* key)
    {
        byte* values = FindForProgram(key);
        return values is null ? 0 : (nint)(values + _values.Here);
    }

    public long ProgramUpdate(byte* key, byte* value, ulong flags) => -(long)Put(key, value, flags, isUser: false);

    public long ProgramDelete(byte* key) => -(long)Remove(key);

    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        if ((uint)key.Length != _keySize || (uint)value.Length != _values.UserBytes)
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
            return CopyOut(keyBytes, valueBytes);
        }
    }

    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any)
    {
        if ((uint)key.Length != _keySize || (uint)value.Length != _values.UserBytes)
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
            return Put(keyBytes, valueBytes, (ulong)flags, isUser: true);
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

    /// <summary>Bucket by bucket. A key that is not there (any more) starts over, as in the kernel, so a walk beside writers may meet keys again.</summary>
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

        uint from = 0;
        if (!key.IsEmpty)
        {
            fixed (byte* keyBytes = key)
            {
                uint hash = TKey.Hash(keyBytes, _keySize, _seed);
                Bucket* bucket = _buckets + (hash & _mask);
                MapSpinLock.Enter(ref bucket->Lock);
                Element* element = *FindLink(bucket, hash, keyBytes);
                bool done = element is not null && CopyKey(element->Next, next);
                MapSpinLock.Exit(ref bucket->Lock);
                if (done)
                {
                    return Errno.None;
                }

                // Beyond the last bucket when the key was in the last one.
                from = element is null ? 0 : (hash & _mask) + 1;
            }
        }

        return FirstKey(from, next);
    }

    public void Dispose() => _lifetime.End();

    /// <summary>Where the values of the key at <paramref name="key"/> lie; null when it is not there. Being looked up by a program counts as use.</summary>
    private protected byte* FindForProgram(byte* key)
    {
        uint hash = TKey.Hash(key, _keySize, _seed);
        Element* element = Find(_buckets + (hash & _mask), hash, key, out _);
        if (element is null)
        {
            return null;
        }

        if (_evicts && element->IsUsed == 0)
        {
            element->IsUsed = 1;
        }

        return (byte*)element + _valueOffset;
    }

    private void Release()
    {
        _bucketMemory.Free();
        _pool.Free();
    }
}
