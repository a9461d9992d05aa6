using Skep.Contracts;

namespace Skep.Maps;

/// <content>What makes room in a full map that evicts.</content>
internal unsafe partial class HashMap<TKey, TValues>
{
    // The element that is looked at next, as a number; only ever counted up.
    private ulong _hand;

    /// <summary>
    /// Takes out one entry that was not used since the hand last came by (the clock algorithm, a second chance for each): as close to least recently used as the kernel's lists of active
    /// and inactive elements come, and a look-up costs one store at most.
    /// </summary>
    /// <returns>False when nothing can be taken out: others hold every entry's place right now.</returns>
    private bool Evict()
    {
        // Once around clears every mark, so that the second round finds one; the third is for those that programs use meanwhile.
        for (ulong left = _pool.Elements * 3; left > 0; left--)
        {
            Element* candidate = _pool.At((Interlocked.Increment(ref _hand) - 1) % _pool.Elements);
            if (Volatile.Read(ref candidate->IsUsed) != 0)
            {
                candidate->IsUsed = 0;
            }
            else if (TakeOut(candidate))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Its hash says in which chain it is, if it is in any: free elements keep an old one.</summary>
    private bool TakeOut(Element* candidate)
    {
        Bucket* bucket = _buckets + (candidate->Hash & _mask);
        if (Follow(&bucket->First) is null)
        {
            return false;
        }

        MapSpinLock.Enter(ref bucket->Lock);
        Element** link = &bucket->First;
        while (*link is not null && *link != candidate)
        {
            link = &(*link)->Next;
        }

        bool isThere = *link is not null;
        if (isThere)
        {
            Publish(link, candidate->Next);
            Volatile.Write(ref bucket->Sequence, bucket->Sequence + 1);
            _pool.Uncount();
        }

        MapSpinLock.Exit(ref bucket->Lock);
        if (isThere)
        {
            _pool.Give(candidate);
        }

        return isThere;
    }
}
