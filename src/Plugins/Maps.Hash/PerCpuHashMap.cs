using Skep.Contracts;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>
/// A hash table with a value for each CPU. As in <c>percpu_array</c>, a thread may be moved while it holds a value's address, so two programs can meet in one value.
/// </summary>
internal sealed unsafe class PerCpuHashMap<TKey>(MapSpec spec, HashSeed seed, bool evicts) : HashMap<TKey, PerCpuValues>(spec, seed, evicts), IPerCpuMap
    where TKey : struct, IKeyLayout
{
    private readonly PerCpuValues _values = PerCpuValues.Of(spec);

    public int CpuCount { get; } = Environment.ProcessorCount;

    public nint ProgramLookup(byte* key, int cpu)
    {
        byte* values = (uint)cpu < (uint)CpuCount ? FindForProgram(key) : null;
        return values is null ? 0 : (nint)(values + _values.At(cpu));
    }
}
