using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Execution.Interpreter;

/// <summary>Regions sorted by address, at most one an address; native memory, begun in room that the owner gives.</summary>
internal unsafe struct RegionTable : IDisposable
{
    private MemoryRegion* _regions;
    private int _count;
    private int _capacity;
    private bool _isOwned;
    private nuint _longest;

    /// <param name="room">For <paramref name="capacity"/> regions, at least 1; outlives the table.</param>
    public RegionTable(MemoryRegion* room, int capacity)
    {
        _regions = room;
        _capacity = capacity;
    }

    public readonly int Count => _count;

    /// <summary>Adds a region. Of two at the same address the longer one stays.</summary>
    /// <returns>How many regions had to move: what the insertion took.</returns>
    public int Add(MemoryRegion region)
    {
        int index = FirstAbove((ulong)region.Address);
        _longest = nuint.Max(_longest, region.Length);
        if (index > 0 && _regions[index - 1].Address == region.Address)
        {
            if (_regions[index - 1].Length < region.Length)
            {
                _regions[index - 1] = region;
            }

            return 0;
        }

        if (_count == _capacity)
        {
            Grow();
        }

        int moved = _count - index;
        NativeMemory.Copy(_regions + index, _regions + index + 1, (nuint)moved * (nuint)sizeof(MemoryRegion));
        _regions[index] = region;
        _count++;
        return moved;
    }

    /// <summary>A region that holds all <paramref name="size"/> bytes.</summary>
    public readonly bool TryFind(ulong address, ulong size, out MemoryRegion region)
    {
        // The nearest below is it, unless regions overlap; none that starts more than the longest below can be it.
        for (int i = FirstAbove(address) - 1; i >= 0 && address - (ulong)_regions[i].Address <= _longest; i--)
        {
            if (_regions[i].Contains(address, size))
            {
                region = _regions[i];
                return true;
            }
        }

        region = MemoryRegion.None;
        return false;
    }

    public void Dispose()
    {
        if (_isOwned)
        {
            NativeMemory.Free(_regions);
        }

        this = default;
    }

    private readonly int FirstAbove(ulong address)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if ((ulong)_regions[middle].Address <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Grow()
    {
        int capacity = _capacity * 2;
        var regions = (MemoryRegion*)NativeMemory.Alloc((nuint)capacity, (nuint)sizeof(MemoryRegion));
        NativeMemory.Copy(_regions, regions, (nuint)_count * (nuint)sizeof(MemoryRegion));
        if (_isOwned)
        {
            NativeMemory.Free(_regions);
        }

        _regions = regions;
        _capacity = capacity;
        _isOwned = true;
    }
}
