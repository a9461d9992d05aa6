using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.Hosting.Configuration;
using Skep.Loading;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Services;

/// <summary>An object that was loaded, and its links.</summary>
internal sealed record AttachedObject(LoadedObject Loaded, ImmutableArray<Link> Links) : IDisposable
{
    public void Dispose()
    {
        foreach (Link link in Links)
        {
            link.Dispose();
        }

        Loaded.Dispose();
    }
}

/// <summary>Reads an object file, loads it and attaches its programs: all, or nothing with findings.</summary>
internal static class ObjectAttacher
{
    public static Result<AttachedObject> Attach(SkepRuntime runtime, ObjectOptions options, string path)
    {
        Result<ObjectSpec> spec = ObjectFile.Open(path);
        if (!spec.IsSuccess)
        {
            return Result<AttachedObject>.Failure(spec.Findings);
        }

        ImmutableDictionary<string, (string Point, string Target)> places = options.Attach.ToImmutableDictionary(attach => attach.Key, attach => Split(attach.Value));
        Result<LoadedObject> loaded = runtime.Load(spec.Value, new LoadOptions
        {
            Programs = [.. options.Programs],
            ProgramTypes = ChooseTypes(spec.Value, places, runtime.Registry),
        });
        return loaded.IsSuccess ? AttachAll(runtime, loaded.Value, places) : Result<AttachedObject>.Failure(loaded.Findings);
    }

    /// <summary>Programs of a type that their attach point does not drive become ones of the first type that it does.</summary>
    private static ImmutableDictionary<string, string> ChooseTypes(ObjectSpec spec, ImmutableDictionary<string, (string Point, string Target)> places, Registry registry)
    {
        var types = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (ProgramSpec program in spec.Programs)
        {
            if (places.TryGetValue(program.Name, out (string Point, string Target) place) && registry.FindAttachPoint(place.Point) is { Provider.Descriptor: { } descriptor }
                && (registry.ResolveSection(program.Section)?.Type.Provider.Descriptor.Name is not { } own || !descriptor.ProgramTypes.Contains(own)))
            {
                types[program.Name] = descriptor.ProgramTypes[0];
            }
        }

        return types.ToImmutable();
    }

    private static Result<AttachedObject> AttachAll(SkepRuntime runtime, LoadedObject loaded, ImmutableDictionary<string, (string Point, string Target)> places)
    {
        var findings = new FindingCollector();
        var links = ImmutableArray.CreateBuilder<Link>();
        foreach (string unknown in places.Keys.Where(name => loaded.FindProgram(name) is null))
        {
            findings.Add(Runtime.Linking.LinkRules.UnknownProgram.Error(new Place { File = loaded.Spec.Name }, $"there is no program {unknown} to attach among those that were loaded"));
        }

        foreach (LoadedProgram program in loaded.Programs)
        {
            (string Point, string Target)? place = places.TryGetValue(program.Name, out (string, string) said) ? said : FromSection(program, runtime.Registry);
            if (place is not { } where)
            {
                continue;
            }

            Result<Link> link = runtime.Attach(program, where.Point, where.Target);
            findings.AddRange(link.Findings);
            if (link.IsSuccess)
            {
                links.Add(link.Value);
            }
        }

        var attached = new AttachedObject(loaded, links.ToImmutable());
        if (findings.HasErrors)
        {
            attached.Dispose();
            return findings.ToResult<AttachedObject>(null);
        }

        return findings.ToResult(attached);
    }

    private static (string Point, string Target)? FromSection(LoadedProgram program, Registry registry)
        => registry.ResolveSection(program.Lowered.Spec.Section) is { Prefix.AttachPoint: { } point, Target: { Length: > 0 } target } ? (point, target) : null;

    private static (string Point, string Target) Split(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return (text[..colon], text[(colon + 1)..]);
    }
}
