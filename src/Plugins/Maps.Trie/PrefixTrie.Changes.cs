using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Maps;

/// <content>What writers do, under the lock.</content>
internal sealed unsafe partial class PrefixTrie
{
    private Errno Put(byte* key, byte* value, ulong flags)
    {
        // Once: a program's key may lie where others write.
        uint length = Volatile.Read(ref *(uint*)key);
        if (flags > (ulong)MapUpdateFlags.Exist || length > _longest)
        {
            return Errno.EINVAL;
        }

        MapSpinLock.Enter(ref _lock);
        try
        {
            return Insert(length, key + PrefixBytes, value, (MapUpdateFlags)flags);
        }
        catch (OutOfMemoryException)
        {
            return Errno.ENOMEM;
        }
        finally
        {
            MapSpinLock.Exit(ref _lock);
        }
    }

    private Errno Insert(uint length, byte* data, byte* value, MapUpdateFlags flags)
    {
        TrieNode** slot = Descend(_root, length, data, out uint common);
        TrieNode* there = *slot;
        bool isSame = there is not null && there->PrefixLength == common && common == length;
        bool isEntry = isSame && there->IsFork == 0;
        if (Refuse(isEntry, flags) is not Errno.None and Errno refused)
        {
            return refused;
        }

        // Both first: nothing has changed when there is no memory.
        TrieNode* node = Take(length, data, value);
        if (there is null)
        {
            Publish(slot, node);
        }
        else if (isSame)
        {
            node->Zero = there->Zero;
            node->One = there->One;
            Change(slot, node);
            Give(there);
        }
        else if (common == length)
        {
            *node->Child(TrieNode.Bit(there->Data, common)) = there;
            Publish(slot, node);
        }
        else
        {
            TrieNode* fork;
            try
            {
                fork = Take(common, data, null);
            }
            catch (OutOfMemoryException)
            {
                Give(node);
                throw;
            }

            bool bit = TrieNode.Bit(data, common);
            *fork->Child(bit) = node;
            *fork->Child(!bit) = there;
            Publish(slot, fork);
        }

        _count += isEntry ? 0 : 1;
        return Errno.None;
    }

    private Errno Refuse(bool isEntry, MapUpdateFlags flags)
        => isEntry ? (flags == MapUpdateFlags.NoExist ? Errno.EEXIST : Errno.None)
            : flags == MapUpdateFlags.Exist ? Errno.ENOENT
            : _count >= Spec.MaxEntries ? Errno.ENOSPC
            : Errno.None;

    private Errno Remove(byte* key)
    {
        uint length = Volatile.Read(ref *(uint*)key);
        if (length > _longest)
        {
            return Errno.EINVAL;
        }

        MapSpinLock.Enter(ref _lock);
        TrieNode** parent = null;
        TrieNode** slot = Descend(_root, length, key + PrefixBytes, out uint common, &parent);
        TrieNode* node = *slot;
        bool isThere = node is not null && node->PrefixLength == length && common == length && node->IsFork == 0;
        if (isThere)
        {
            _count--;
            Unlink(node, slot, parent);
        }

        MapSpinLock.Exit(ref _lock);
        return isThere ? Errno.None : Errno.ENOENT;
    }

    private void Unlink(TrieNode* node, TrieNode** slot, TrieNode** parentSlot)
    {
        TrieNode* parent = parentSlot is null ? null : *parentSlot;
        if (node->Zero is not null && node->One is not null)
        {
            // It stays, as a fork; a reader that had found it already has found it in time.
            Volatile.Write(ref node->IsFork, 1);
        }
        else if (parent is not null && parent->IsFork != 0 && node->Zero is null && node->One is null)
        {
            // A fork with one way left is none.
            Change(parentSlot, node == parent->Zero ? parent->One : parent->Zero);
            Give(parent);
            Give(node);
        }
        else
        {
            Change(slot, node->Zero is null ? node->One : node->Zero);
            Give(node);
        }
    }

    /// <summary>The link where a prefix is or belongs, and how many bits it has in common with the node there.</summary>
    /// <param name="parent">Takes the link to the node that holds the result; null when that is the root.</param>
    private static TrieNode** Descend(TrieNode** slot, uint length, byte* data, out uint common, TrieNode*** parent = null)
    {
        common = 0;
        while (*slot is not null)
        {
            TrieNode* node = *slot;
            common = TrieNode.Common(node->Data, data, Math.Min(node->PrefixLength, length));
            if (node->PrefixLength != common || node->PrefixLength == length)
            {
                break;
            }

            if (parent is not null)
            {
                *parent = slot;
            }

            slot = node->Child(TrieNode.Bit(data, node->PrefixLength));
        }

        return slot;
    }

    /// <summary>After the node of a key in the walk that gives longer prefixes first; from a key that is none, the first.</summary>
    private TrieNode* After(byte* key)
    {
        if (key is null || *(uint*)key > _longest)
        {
            return First(*_root);
        }

        var path = new Stack<nint>();
        TrieNode* node = *_root;
        uint length = *(uint*)key;
        while (node is not null)
        {
            path.Push((nint)node);
            uint common = TrieNode.Common(node->Data, key + PrefixBytes, Math.Min(node->PrefixLength, length));
            if (node->PrefixLength != common || node->PrefixLength == length)
            {
                node = common == length && node->PrefixLength == length && node->IsFork == 0 ? node : null;
                break;
            }

            node = *node->Child(TrieNode.Bit(key + PrefixBytes, node->PrefixLength));
        }

        if (node is null)
        {
            return First(*_root);
        }

        path.Pop();
        while (path.TryPop(out nint above))
        {
            var parent = (TrieNode*)above;
            if (parent->Zero == node && parent->One is not null)
            {
                return First(parent->One);
            }

            if (parent->IsFork == 0)
            {
                return parent;
            }

            node = parent;
        }

        return null;
    }

    private static TrieNode* First(TrieNode* node)
    {
        TrieNode* found = null;
        while (node is not null)
        {
            found = node->IsFork == 0 ? node : found;
            node = node->Zero is not null || node->IsFork != 0 ? node->Zero : node->One;
        }

        return found;
    }

    /// <summary>Changes a link so that a node may be reused: readers that were on their way walk again.</summary>
    private void Change(TrieNode** link, TrieNode* node)
    {
        Volatile.Write(ref _sequence, _sequence + 1);
        Interlocked.MemoryBarrier();
        Publish(link, node);
        Volatile.Write(ref _sequence, _sequence + 1);
    }

    private TrieNode* Take(uint length, byte* data, byte* value)
    {
        TrieNode* node = _free;
        if (node is null)
        {
            node = (TrieNode*)NativeMemory.AllocZeroed(_nodeBytes);
            _nodes.Add((nint)node);
        }
        else
        {
            _free = node->Zero;
        }

        node->Zero = null;
        node->One = null;
        node->PrefixLength = length;
        node->IsFork = value is null ? 1u : 0;
        MapMemory.CopyValue(node->Data, data, _dataSize);
        if (value is not null)
        {
            MapMemory.CopyValue((byte*)node + _valueOffset, value, _valueSize);
        }

        return node;
    }

    private void Give(TrieNode* node)
    {
        node->Zero = _free;
        _free = node;
    }
}
