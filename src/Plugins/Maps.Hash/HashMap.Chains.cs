using System.Runtime.CompilerServices;
using Skep.Contracts;

namespace Skep.Maps;

/// <content>The chains: how they are walked and changed.</content>
internal unsafe partial class HashMap<TKey, TValues>
{
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

    private Errno Put(byte* key, byte* value, ulong flags, bool isUser)
    {
        Errno errno = TryPut(key, value, flags, isUser);
        while (errno == Errno.E2BIG && _evicts && Evict())
        {
            errno = TryPut(key, value, flags, isUser);
        }

        return errno;
    }

    private Errno TryPut(byte* key, byte* value, ulong flags, bool isUser)
    {
        // As htab_map_update_elem: without a lock in the values BPF_F_LOCK is refused like any unknown flag.
        bool isLocked = _values.HasLock && (flags & (ulong)MapUpdateFlags.Lock) != 0;
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
            _ when old is not null && (isLocked || TValues.StayInPlace) => ChangeInPlace(old, value, isUser),
            _ when old is not null => _pool.TakeForReplace(out element),
            _ => _pool.TakeForInsert(out element),
        };
        if (element is not null)
        {
            element->Hash = hash;
            element->IsUsed = old is null ? 0u : 1;
            MapMemory.CopyValue(element->Key, key, _keySize);
            _values.Begin((byte*)element + _valueOffset, value, isUser);
            Link(bucket, link, old, element);
        }

        MapSpinLock.Exit(ref bucket->Lock);
        if (element is not null && old is not null)
        {
            _pool.Give(old);
        }

        return errno;
    }

    private Errno ChangeInPlace(Element* element, byte* value, bool isUser)
    {
        element->IsUsed = 1;
        return _values.Change((byte*)element + _valueOffset, value, isUser);
    }

    /// <summary>Under the bucket's lock: puts an element in the old one's place, or at the head of the chain.</summary>
    private static void Link(Bucket* bucket, Element** link, Element* old, Element* element)
    {
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

    private void CopyValueOut(byte* value, Element* element) => _values.CopyOut(value, (byte*)element + _valueOffset);

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Element* Follow(Element** link) => (Element*)Volatile.Read(ref *(nint*)link);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Publish(Element** link, Element* element) => Volatile.Write(ref *(nint*)link, (nint)element);
}
