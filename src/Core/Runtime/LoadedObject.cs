using System.Collections.Immutable;
using Skep.Programs;

namespace Skep.Runtime;

/// <summary>An object's maps and programs in a runtime. Owns them: disposing it unloads the programs, then the maps that it made.</summary>
public sealed class LoadedObject : IDisposable
{
    private readonly ImmutableArray<LoadedMap> _owned;

    internal LoadedObject(ObjectSpec spec, ImmutableArray<LoadedProgram> programs, ImmutableArray<LoadedMap> maps, ImmutableArray<LoadedMap> owned)
    {
        Spec = spec;
        Programs = programs;
        Maps = maps;
        _owned = owned;
    }

    public ObjectSpec Spec { get; }

    /// <summary>In the order of the object.</summary>
    public ImmutableArray<LoadedProgram> Programs { get; }

    /// <summary>All maps of the object, the ones that existed before included, in the order of the object.</summary>
    public ImmutableArray<LoadedMap> Maps { get; }

    public LoadedProgram? FindProgram(string name) => Programs.FirstOrDefault(program => program.Name == name);

    public LoadedMap? FindMap(string name) => Maps.FirstOrDefault(map => map.Name == name);

    /// <exception cref="InvalidOperationException">A link still holds a program.</exception>
    public void Dispose()
    {
        foreach (LoadedMap map in _owned)
        {
            map.ReleasePrograms();
        }

        foreach (LoadedProgram program in Programs)
        {
            program.Dispose();
        }

        foreach (LoadedMap map in _owned)
        {
            map.Dispose();
        }
    }
}
