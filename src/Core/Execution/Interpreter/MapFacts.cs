using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Interpreter;

/// <summary>What checks need to know of a map, in one place.</summary>
internal sealed class MapFacts
{
    // Of maps with locks whose values have fixed addresses.
    private readonly MemoryRegion _values;
    private readonly ulong _stride;

    public MapFacts(LoadedMap map)
    {
        MapSpec spec = map.Map.Spec;
        MapTypeDescriptor type = map.Type.Descriptor;
        Handle = map.Handle;
        KeySize = spec.KeySize;
        ValueSize = spec.ValueSize;
        HasMemoryValues = !type.HoldsMaps;
        (Access, Operations) = MapPermissions.Of(spec, type);
        LockOffset = MapValueLayout.Of(spec).LockOffset;
        if (LockOffset is not null && map.Map is IDirectValueMap direct)
        {
            _values = direct.Values;
            _stride = direct.ValueStride;
        }
    }

    public ulong Handle { get; }

    /// <summary>Of the lock in each value, in bytes; null when there is none.</summary>
    public uint? LockOffset { get; }

    public uint KeySize { get; }

    public uint ValueSize { get; }

    public MapOperations Operations { get; }

    /// <summary>A look-up gives memory. One in a map of maps gives a map, which is no memory of the program's.</summary>
    public bool HasMemoryValues { get; }

    /// <summary>How programs may access values.</summary>
    public MemoryAccess Access { get; }

    /// <summary>Whether a value that programs need no helper for starts at an address.</summary>
    public bool IsDirectValue(ulong address) => _stride > 0 && _values.Contains(address, ValueSize) && (address - (ulong)_values.Address) % _stride == 0;

    /// <summary>The values that programs may hold addresses of without asking a helper, in pinned memory that lives as long as the array.</summary>
    public static MemoryRegion[] DirectValues(ImmutableArray<LoadedMap> maps)
    {
        MemoryRegion[] regions = [.. maps
            .Where(map => map.Map is IDirectValueMap && !map.Type.Descriptor.HoldsMaps)
            .Select(map => (((IDirectValueMap)map.Map).Values, new MapFacts(map).Access))
            .Select(entry => entry.Values with { Access = entry.Values.Access & entry.Access })];
        MemoryRegion[] pinned = GC.AllocateUninitializedArray<MemoryRegion>(regions.Length, pinned: true);
        regions.CopyTo(pinned, 0);
        return pinned;
    }
}
