using System.Numerics;
using System.Runtime.CompilerServices;
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
internal sealed unsafe class HashMap<TKey> : IKeyedMap
    where TKey : struct, IKeyLayout
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
    private readonly uint _valueSize;
    private readonly uint _valueOffset;
    private readonly MapValueLayout _layout;
    private readonly long _bucketBytes;
    private MapMemory _bucketMemory;

    public HashMap(MapSpec spec, HashSeed seed)
    {
        Spec = spec;
        _seed = seed;
        _access = MapAccess.FromFlags(spec.Flags);
        _keySize = spec.KeySize;
        _valueSize = spec.ValueSize;
        _layout = MapValueLayout.Of(spec);
        _valueOffset = (uint)sizeof(Element) + (uint)MapMemory.RoundUp8(_keySize);
        _mask = BitOperations.RoundUpToPowerOf2(spec.MaxEntries) - 1;
        _bucketMemory = new MapMemory((_mask + 1UL) * (ulong)sizeof(Bucket));
        _bucketBytes = (long)_bucketMemory.Length;
        _buckets = (Bucket*)_bucketMemory.Address;
        try
        {
            _pool = new ElementPool(
                _valueOffset + MapMemory.RoundUp8(_valueSize), spec.MaxEntries, (spec.Flags & MapFlags.NoPreallocation) == 0, Environment.ProcessorCount);
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

    public nint ProgramLookup(byte* key)
    {
        uint hash = TKey.Hash(key, _keySize, _seed);
        Element* element = Find(_buckets + (hash & _mask), hash, key, out _);
        return element is null ? 0 : (nint)element + (nint)_valueOffset;
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
            return CopyOut(keyBytes, valueBytes);
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

    /// <summary>Walks a chain without locking; see the remarks on the class.</summary>
    /// <param name="sequence">The bucket's sequence, under which what was found holds.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Element* Find(Bucket* bucket, uint hash, byte* key, out uint sequence)
    {
        while (true)
        {
            uint before = Volatile.Read(ref bucket->Sequence);
            Element* element = Follow(&bucket->First);
            while (element is not null && !(element->Hash == hash && TKey.Equal(element->Key, key, _keySize)))
            {
                element = Follow(&element->Next);

                // Looked at in every step: chains and free lists that change under the reader could lead it on for ever.
                if (Volatile.Read(ref bucket->Sequence) != before)
                {
                    break;
                }
            }

            Volatile.ReadBarrier();
            if (bucket->Sequence == before)
            {
                sequence = before;
                return element;
            }
        }
    }

    /// <summary>Under the bucket's lock: the link that leads to the key's element, or the null link at the chain's end.</summary>
    private Element** FindLink(Bucket* bucket, uint hash, byte* key)
    {
        Element** link = &bucket->First;
        while (*link is not null && !((*link)->Hash == hash && TKey.Equal((*link)->Key, key, _keySize)))
        {
            link = &(*link)->Next;
        }

        return link;
    }

    private Errno CopyOut(byte* key, byte* value)
    {
        uint hash = TKey.Hash(key, _keySize, _seed);
        Bucket* bucket = _buckets + (hash & _mask);
        for (int attempt = 0; attempt < MaxCopyAttempts; attempt++)
        {
            Element* element = Find(bucket, hash, key, out uint sequence);
            if (element is null)
            {
                return Errno.ENOENT;
            }

            CopyValueOut(value, element);
            Volatile.ReadBarrier();
            if (bucket->Sequence == sequence)
            {
                return Errno.None;
            }
        }

        // A large value in a busy bucket: nothing leaves the chain while it is locked.
        MapSpinLock.Enter(ref bucket->Lock);
        Element* locked = *FindLink(bucket, hash, key);
        if (locked is not null)
        {
            CopyValueOut(value, locked);
        }

        MapSpinLock.Exit(ref bucket->Lock);
        return locked is null ? Errno.ENOENT : Errno.None;
    }

    private Errno Put(byte* key, byte* value, ulong flags)
    {
        // As htab_map_update_elem: without a lock in the values BPF_F_LOCK is refused like any unknown flag.
        bool isLocked = _layout.HasLock && (flags & (ulong)MapUpdateFlags.Lock) != 0;
        flags = isLocked ? flags & ~(ulong)MapUpdateFlags.Lock : flags;
        if (flags > (ulong)MapUpdateFlags.Exist)
        {
            return Errno.EINVAL;
        }

        uint hash = TKey.Hash(key, _keySize, _seed);
        Bucket* bucket = _buckets + (hash & _mask);
        MapSpinLock.Enter(ref bucket->Lock);
        Element** link = FindLink(bucket, hash, key);
        Element* old = *link;
        Element* element = null;
        Errno errno = (MapUpdateFlags)flags switch
        {
            MapUpdateFlags.NoExist when old is not null => Errno.EEXIST,
            MapUpdateFlags.Exist when old is null => Errno.ENOENT,
            _ when old is not null && isLocked => _layout.CopyLocked((byte*)old + _valueOffset, value),
            _ when old is not null => _pool.TakeForReplace(out element),
            _ => _pool.TakeForInsert(out element),
        };
        if (element is not null)
        {
            element->Hash = hash;
            MapMemory.CopyValue(element->Key, key, _keySize);
            _layout.Copy((byte*)element + _valueOffset, value);
            _layout.ClearLock((byte*)element + _valueOffset);
            if (old is not null)
            {
                element->Next = old->Next;
                Publish(link, element);
                Volatile.Write(ref bucket->Sequence, bucket->Sequence + 1);
            }
            else
            {
                // At the head: a reader under way keeps finding all that was there before.
                element->Next = bucket->First;
                Publish(&bucket->First, element);
            }
        }

        MapSpinLock.Exit(ref bucket->Lock);
        if (element is not null && old is not null)
        {
            _pool.Give(old);
        }

        return errno;
    }

    private Errno Remove(byte* key)
    {
        uint hash = TKey.Hash(key, _keySize, _seed);
        Bucket* bucket = _buckets + (hash & _mask);
        MapSpinLock.Enter(ref bucket->Lock);
        Element** link = FindLink(bucket, hash, key);
        Element* element = *link;
        if (element is not null)
        {
            Publish(link, element->Next);
            Volatile.Write(ref bucket->Sequence, bucket->Sequence + 1);
            _pool.Uncount();
        }

        MapSpinLock.Exit(ref bucket->Lock);
        if (element is null)
        {
            return Errno.ENOENT;
        }

        _pool.Give(element);
        return Errno.None;
    }

    private void CopyValueOut(byte* value, Element* element)
    {
        _layout.Copy(value, (byte*)element + _valueOffset);
        _layout.ClearLock(value);
    }

    /// <summary>The first key in bucket <paramref name="from"/> or one behind it.</summary>
    private Errno FirstKey(uint from, Span<byte> next)
    {
        for (ulong index = from; index <= _mask; index++)
        {
            Bucket* bucket = _buckets + index;
            if (Follow(&bucket->First) is null)
            {
                continue;
            }

            MapSpinLock.Enter(ref bucket->Lock);
            bool found = CopyKey(bucket->First, next);
            MapSpinLock.Exit(ref bucket->Lock);
            if (found)
            {
                return Errno.None;
            }
        }

        return Errno.ENOENT;
    }

    private bool CopyKey(Element* element, Span<byte> key)
    {
        if (element is null)
        {
            return false;
        }

        new ReadOnlySpan<byte>(element->Key, (int)_keySize).CopyTo(key);
        return true;
    }

    private void Release()
    {
        _bucketMemory.Free();
        _pool.Free();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Element* Follow(Element** link) => (Element*)Volatile.Read(ref *(nint*)link);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Publish(Element** link, Element* element) => Volatile.Write(ref *(nint*)link, (nint)element);
}
