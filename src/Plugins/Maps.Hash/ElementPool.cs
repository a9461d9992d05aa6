using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Maps;

/// <summary>The head of an element; key and value follow, each 8-byte aligned.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Element
{
    /// <summary>In a bucket the next of the chain; in the pool the next free one.</summary>
    public Element* Next;

    public uint Hash;

    /// <summary>Not 0 when it was used since eviction last came by.</summary>
    public uint IsUsed;

    public byte* Key
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (byte*)Unsafe.AsPointer(ref this) + sizeof(Element);
    }
}

/// <summary>
/// The elements of a hash map. They stay mapped until <see cref="Free"/>, free or not, since readers may still look at one that was just given back.
/// </summary>
/// <remarks>
/// Free elements are kept in lists by processor, each behind a lock of its own (the idea of kernel/bpf/percpu_freelist.c), and taken from the neighbours when
/// the own list is empty. A few elements more than the map may hold exist, since replacing a value takes the new element before it gives back the old one, and a deleted key makes room before its element is back.
/// </remarks>
internal sealed unsafe class ElementPool
{
    /// <summary>What is allocated at once for a map without preallocation, in bytes, unless one element is larger.</summary>
    private const ulong ChunkBytes = 64 << 10;

    private const int MaxLists = 64;

    private readonly List<MapMemory> _chunks = [];
    private readonly ulong _stride;
    private readonly long _entries;
    private readonly ulong _elementsPerChunk;
    private readonly bool _grows;
    private readonly uint _listMask;
    private MapMemory _control;
    private readonly Control* _state;
    private readonly FreeList* _lists;
    private readonly byte* _first;
    private long _bytes;

    // Guarded by the control's lock.
    private byte* _fresh;
    private ulong _freshLeft;

    /// <param name="stride">Bytes from one element to the next, a multiple of 8.</param>
    /// <param name="entries">How many may be in the map at once.</param>
    public ElementPool(ulong stride, uint entries, bool preallocate, int processors)
    {
        _stride = stride;
        _entries = entries;
        _grows = !preallocate;
        ulong spare = (ulong)processors * 2;
        _elementsPerChunk = preallocate ? entries + spare : Math.Max(1, Math.Min(ChunkBytes / stride, entries + spare));
        uint lists = BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(processors, 1, MaxLists));
        _listMask = lists - 1;
        _control = new MapMemory((lists + 1) * (ulong)sizeof(FreeList));
        _bytes = (long)_control.Length;
        _state = (Control*)_control.Address;
        _lists = (FreeList*)_control.Address + 1;
        if (preallocate)
        {
            try
            {
                Grow();
                _first = _fresh;
            }
            catch (OutOfMemoryException)
            {
                _control.Free();
                throw;
            }
        }
    }

    /// <summary>Elements in the map, and those just being put in.</summary>
    public long Count => Volatile.Read(ref _state->Count);

    /// <summary>How many there are in a pool that allocates them all at once, in use or not.</summary>
    public ulong Elements => _elementsPerChunk;

    /// <summary>Native memory, in bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>One of <see cref="Elements"/>.</summary>
    public Element* At(ulong index) => (Element*)(_first + (index * _stride));

    /// <summary>An element for a new key, counted against the map's size.</summary>
    public Errno TakeForInsert(out Element* element)
    {
        element = null;
        long count = Volatile.Read(ref _state->Count);
        while (true)
        {
            if (count >= _entries)
            {
                return Errno.E2BIG;
            }

            long seen = Interlocked.CompareExchange(ref _state->Count, count + 1, count);
            if (seen == count)
            {
                break;
            }

            count = seen;
        }

        Errno errno = TakeForReplace(out element);
        if (errno != Errno.None)
        {
            Interlocked.Decrement(ref _state->Count);
        }

        return errno;
    }

    /// <summary>An element that takes the place of another one, which is given back with <see cref="Give"/> soon and without waiting for anything.</summary>
    public Errno TakeForReplace(out Element* element)
    {
        var spinner = default(SpinWait);
        while (true)
        {
            uint own = (uint)Thread.GetCurrentProcessorId() & _listMask;
            element = Pop(_lists + own);
            if (element is null)
            {
                element = TakeFresh(grow: false);
            }

            for (uint other = 1; element is null && other <= _listMask; other++)
            {
                element = Pop(_lists + ((own + other) & _listMask));
            }

            if (element is not null)
            {
                return Errno.None;
            }

            if (_grows)
            {
                element = TakeFresh(grow: true);
                return element is null ? Errno.ENOMEM : Errno.None;
            }

            // More threads replace or delete at this moment than there are spare elements; each is about to give one back.
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Takes back an element that no bucket leads to any more. It may be handed out again at once.</summary>
    public void Give(Element* element)
    {
        FreeList* list = _lists + ((uint)Thread.GetCurrentProcessorId() & _listMask);
        MapSpinLock.Enter(ref list->Lock);
        Volatile.Write(ref *(nint*)&element->Next, (nint)list->First);
        list->First = element;
        MapSpinLock.Exit(ref list->Lock);
    }

    /// <summary>
    /// Makes room for another key; called while the bucket that the key was taken from is locked, so that whoever sees the key gone can put it back. Its element
    /// follows with <see cref="Give"/>.
    /// </summary>
    public void Uncount() => Interlocked.Decrement(ref _state->Count);

    public void Free()
    {
        _chunks.ForEach(chunk => chunk.Free());
        _chunks.Clear();
        _control.Free();
    }

    private static Element* Pop(FreeList* list)
    {
        if (Volatile.Read(ref *(nint*)&list->First) == 0)
        {
            return null;
        }

        MapSpinLock.Enter(ref list->Lock);
        Element* element = list->First;
        if (element is not null)
        {
            list->First = element->Next;
        }

        MapSpinLock.Exit(ref list->Lock);
        return element;
    }

    private Element* TakeFresh(bool grow)
    {
        if (!grow && Volatile.Read(ref _freshLeft) == 0)
        {
            return null;
        }

        MapSpinLock.Enter(ref _state->Lock);
        try
        {
            if (_freshLeft == 0)
            {
                if (!grow)
                {
                    return null;
                }

                Grow();
            }

            var element = (Element*)_fresh;
            _fresh += _stride;
            _freshLeft--;
            return element;
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
        finally
        {
            MapSpinLock.Exit(ref _state->Lock);
        }
    }

    private void Grow()
    {
        var chunk = new MapMemory(_elementsPerChunk * _stride);
        _chunks.Add(chunk);
        _fresh = chunk.Address;
        _freshLeft = _elementsPerChunk;
        Volatile.Write(ref _bytes, _bytes + (long)chunk.Length);
    }

    /// <summary>One cache line each.</summary>
    [StructLayout(LayoutKind.Sequential, Size = (int)MapMemory.Alignment)]
    private struct FreeList
    {
        public Element* First;
        public int Lock;
    }

    [StructLayout(LayoutKind.Sequential, Size = (int)MapMemory.Alignment)]
    private struct Control
    {
        public long Count;
        public int Lock;
    }
}
