using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Maps;

/// <summary><c>BPF_MAP_TYPE_PERCPU_ARRAY</c>.</summary>
public sealed class PerCpuArrayMapType : IMapType
{
    /// <summary>The most that a value may take on one CPU, in bytes (<c>PCPU_MIN_UNIT_SIZE</c>).</summary>
    private const uint MaxValueBytes = 32 << 10;

    public MapTypeDescriptor Descriptor { get; } = new()
    {
        Name = "percpu_array",
        Description = "Values by index, one for each CPU; entries cannot be deleted.",
        Number = new MapTypeNumber(6),
        KeySize = SizeRule.Exactly(sizeof(uint)),
        ValueSize = new SizeRule(1, MaxValueBytes),
        MaxEntries = new SizeRule(1, uint.MaxValue),
        AllowedFlags = MapFlags.AccessMask,
        Operations = MapOperations.Lookup | MapOperations.Update | MapOperations.Delete | MapOperations.ForEach | MapOperations.PerCpuLookup,
        IsPerCpu = true,
    };

    public Result<IMap> Create(MapSpec spec)
    {
        if (MapAccess.FindConflict(spec) is { } conflict)
        {
            return Result<IMap>.Failure(conflict);
        }

        try
        {
            return Result<IMap>.Success(new PerCpuArrayMap(spec, Environment.ProcessorCount));
        }
        catch (OutOfMemoryException)
        {
            return Result<IMap>.Failure(MapRules.NoMemory.Error(
                new Place { Object = spec.Name }, $"map {spec.Name} needs {spec.MaxEntries} values of {spec.ValueSize} bytes on each of {Environment.ProcessorCount} CPUs, which the system does not give"));
        }
    }
}
