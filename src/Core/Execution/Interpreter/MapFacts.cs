using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Interpreter;

/// <summary>What checks need to know of a map, in one place.</summary>
internal sealed class MapFacts
{
    public MapFacts(LoadedMap map)
    {
        MapSpec spec = map.Map.Spec;
        MapTypeDescriptor type = map.Type.Descriptor;
        Handle = map.Handle;
        KeySize = spec.KeySize;
        ValueSize = spec.ValueSize;
        HasMemoryValues = !type.HoldsMaps;
        (Access, Operations) = MapPermissions.Of(spec, type);
    }

    public ulong Handle { get; }

    public uint KeySize { get; }

    public uint ValueSize { get; }

    public MapOperations Operations { get; }

    /// <summary>A look-up gives memory. One in a map of maps gives a map, which is no memory of the program's.</summary>
    public bool HasMemoryValues { get; }

    /// <summary>How programs may access values.</summary>
    public MemoryAccess Access { get; }

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
