using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Acme.Sketch;

/// <summary>
/// A count-min sketch (Cormode and Muthukrishnan, 2005): four rows of <c>max_entries</c> counters of 64 bits. An update <b>adds</b> its value to one counter in each row; a
/// look-up gives the smallest of the key's four, which is never below what was added for the key, and above it only where others share all four.
/// </summary>
public sealed class SketchMapType : IMapType
{
    public MapTypeDescriptor Descriptor { get; } = new()
    {
        Name = "acme/sketch",
        Description = "Counts for any number of keys in fixed memory: an update adds, a look-up gives at least what was added.",
        KeySize = new SizeRule(1, 64),
        ValueSize = SizeRule.Exactly(sizeof(ulong)),
        MaxEntries = new SizeRule(1, 1 << 24) { PowerOfTwo = true },
        Operations = MapOperations.Lookup | MapOperations.Update,
    };

    public Result<IMap> Create(MapSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        try
        {
            return Result<IMap>.Success(new SketchMap(spec));
        }
        catch (OutOfMemoryException)
        {
            return Result<IMap>.Failure(MapRules.NoMemory.Error(
                new Place { Object = spec.Name }, $"map {spec.Name} needs {SketchMap.BytesOf(spec)} bytes, which the system does not give"));
        }
    }
}
