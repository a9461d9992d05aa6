using System.Collections.Frozen;
using Skep.Runtime;

namespace Skep.Programs;

/// <summary>What a program was loaded from, so that it can take the road once more.</summary>
/// <param name="Maps">Those that it may name.</param>
internal sealed record ProgramOrigin(ProgramSpec Spec, FrozenDictionary<string, LoadedMap> Maps, LoadOptions Options)
{
    /// <summary>Keeps of the maps only those that the program names: others may go.</summary>
    public static ProgramOrigin Of(ProgramSpec spec, IReadOnlyDictionary<string, LoadedMap> maps, LoadOptions options)
    {
        IEnumerable<string> names = spec.References.Select(reference => reference switch
        {
            MapReference map => map.MapName,
            MapValueReference value => value.MapName,
            _ => null,
        }).OfType<string>().Distinct().Where(maps.ContainsKey);
        return new ProgramOrigin(spec, names.ToFrozenDictionary(name => name, name => maps[name]), options with { Maps = LoadOptions.Default.Maps });
    }
}
