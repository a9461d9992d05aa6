using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Execution.Calls;

/// <summary>What a run acquired from helpers and has not released yet; few at a time.</summary>
internal unsafe struct HeldReferences : IDisposable
{
    private const int FirstCapacity = 8;

    private HeldReference* _items;
    private int _capacity;

    public int Count { get; private set; }

    public readonly HeldReference this[int index] => _items[index];

    public void Add(HeldReference reference)
    {
        if (Count == _capacity)
        {
            _capacity = Math.Max(FirstCapacity, _capacity * 2);
            _items = (HeldReference*)NativeMemory.Realloc(_items, (nuint)_capacity * (nuint)sizeof(HeldReference));
        }

        _items[Count++] = reference;
    }

    public void RemoveAt(int index)
    {
        Count--;
        _items[index] = _items[Count];
    }

    /// <summary>The newest one from <paramref name="before"/> down that has exactly this address, or -1.</summary>
    public readonly int IndexOf(ulong address, int before)
    {
        int index = before - 1;
        while (index >= 0 && _items[index].Address != address)
        {
            index--;
        }

        return index;
    }

    /// <summary>The memory of one of them that holds all <paramref name="size"/> bytes.</summary>
    public readonly bool TryFindAround(ulong address, ulong size, out MemoryRegion region)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            region = new MemoryRegion((nint)_items[i].Address, _items[i].Length, MemoryAccess.ReadWrite);
            if (region.Contains(address, size))
            {
                return true;
            }
        }

        region = MemoryRegion.None;
        return false;
    }

    public void Dispose()
    {
        NativeMemory.Free(_items);
        this = default;
    }
}

/// <param name="Length">Of the memory, in bytes; 0 for an opaque object.</param>
/// <param name="Helper">The index of the helper that gave it.</param>
internal readonly record struct HeldReference(ulong Address, nuint Length, int Helper);
