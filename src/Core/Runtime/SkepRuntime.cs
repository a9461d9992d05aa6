using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution.Engines;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime.Life;
using Skep.Runtime.Linking;
using Skep.Verification;

namespace Skep.Runtime;

/// <summary>
/// The core: loads objects, keeps programs, maps and links, and drives every program along the one road: link, verify, lower, install,
/// attach. Safe for any number of threads. Disposing it detaches every link, then unloads programs, then maps.
/// </summary>
public sealed class SkepRuntime : IDisposable
{
    private readonly ConcurrentDictionary<uint, LoadedProgram> _programs = new();
    private readonly ConcurrentDictionary<uint, LoadedMap> _maps = new();
    private readonly ConcurrentDictionary<uint, Link> _links = new();
    private readonly EngineChooser _engines;
    private uint _lastProgram;
    private uint _lastMap;
    private uint _lastLink;
    private long _mapBytes;
    private int _disposed;

    /// <param name="engines">What runs programs; null for <see cref="EngineOptions.Default"/>.</param>
    public SkepRuntime(Registry registry, Limits limits, EngineOptions? engines = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(limits);
        Slot = new RegistrySlot(registry);
        Limits = limits;
        _engines = new EngineChooser(Slot, limits, engines ?? EngineOptions.Default);
        Road = new ProgramRoad(this, _engines);
    }

    /// <summary>
    /// All that the runtime offers as of now. Where plugins come and go while it runs, each look may find another one; what is kept of an old one keeps plugins that have left.
    /// </summary>
    public Registry Registry => Slot.Current;

    internal RegistrySlot Slot { get; }

    internal ProgramRoad Road { get; }

    public Limits Limits { get; }

    /// <summary>Tells the runtimes of one process apart.</summary>
    public string Name { get; init; } = "default";

    /// <summary>Watches what is loaded and attached; null for nobody.</summary>
    public IRoadObserver? Observer { get; init; }

    /// <summary>Whether <see cref="ProgramStatistics.Enabled"/> is set of every program that is loaded from now on.</summary>
    public bool CountsRuns { get; init; }

    /// <summary>Loaded programs, by id.</summary>
    public IReadOnlyList<LoadedProgram> Programs => [.. _programs.Values.OrderBy(program => program.Id.Value)];

    /// <summary>Maps, by id.</summary>
    public IReadOnlyList<LoadedMap> Maps => [.. _maps.Values.OrderBy(map => map.Id.Value)];

    /// <summary>Links, by id.</summary>
    public IReadOnlyList<Link> Links => [.. _links.Values.OrderBy(link => link.Id.Value)];

    /// <summary>Makes an object's maps and loads its programs: all, or nothing with findings.</summary>
    public Result<LoadedObject> Load(ObjectSpec spec, LoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        options ??= LoadOptions.Default;
        var transaction = new LoadTransaction();
        using RegistryStay stay = Slot.Enter();
        try
        {
            return this.Watch(RoadStep.Load, spec.Name, () => Load(spec, options, transaction, stay.Registry));
        }
        catch
        {
            transaction.Undo();
            throw;
        }
    }

    /// <summary>Takes one program along the road: link, verify, lower, install.</summary>
    /// <param name="maps">The maps that it may name.</param>
    public Result<LoadedProgram> LoadProgram(ProgramSpec spec, IReadOnlyDictionary<string, LoadedMap> maps, LoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(maps);
        using RegistryStay stay = Slot.Enter();
        return LoadProgram(spec, maps, options ?? LoadOptions.Default, stay.Registry);
    }

    /// <summary>The first half of the road, which installs nothing: link and verify.</summary>
    /// <param name="diagnostics">What else the caller wants to see of the verifier's work; null for nothing.</param>
    public Result<VerifiedProgram> VerifyProgram(
        ProgramSpec spec, IReadOnlyDictionary<string, LoadedMap> maps, LoadOptions? options = null, VerifierDiagnostics? diagnostics = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(maps);
        using RegistryStay stay = Slot.Enter();
        return Road.Verify(spec, maps, options ?? LoadOptions.Default, stay.Registry, diagnostics);
    }

    /// <summary>Makes a map that programs can be given by name in <see cref="LoadOptions.Maps"/>.</summary>
    public Result<LoadedMap> CreateMap(MapSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using RegistryStay stay = Slot.Enter();
        return MakeMap(spec, new Place { Object = spec.Name }, stay.Registry);
    }

    /// <summary>Attaches a program; the link belongs to the caller and is also disposed with the runtime.</summary>
    /// <param name="attachPoint">The attach point's name.</param>
    public Result<Link> Attach(LoadedProgram program, string attachPoint, string target)
    {
        ArgumentNullException.ThrowIfNull(program);
        var place = new Place { File = program.Lowered.Spec.ObjectName, Object = program.Name };
        using RegistryStay stay = Slot.Enter();
        if (stay.Registry.FindAttachPoint(attachPoint) is not { } point)
        {
            return Result<Link>.Failure(AttachRules.UnknownAttachPoint.Error(place, $"no plugin offers attach point {attachPoint}"));
        }

        AttachPointDescriptor descriptor = point.Provider.Descriptor;
        string type = program.ProgramType.Descriptor.Name;
        if (!descriptor.ProgramTypes.Contains(type))
        {
            return Result<Link>.Failure(AttachRules.WrongProgramType.Error(
                place, $"attach point {attachPoint} drives {string.Join(", ", descriptor.ProgramTypes)} programs; {program.Name} is a {type} program"));
        }

        if (FindOtherVersion(program, point.Owner) is { } other)
        {
            return Result<Link>.Failure(AttachRules.OtherVersion.Error(
                place with { Plugin = point.Owner.Info.Name }, $"attach point {attachPoint} is of {point.Owner}; {program.Name} was loaded with {other}"));
        }

        Result<Link> attached = this.Watch(
            RoadStep.Attach, $"{program.Name} to {attachPoint}:{target}", () => GuardAttach(point, new AttachRequest(program, target), place));
        if (attached.IsSuccess)
        {
            Register(attached.Value, point.Owner);
        }

        return attached;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        foreach (Link link in _links.Values)
        {
            link.Dispose();
        }

        // Program arrays hold programs, which hold the arrays they use.
        foreach (LoadedMap map in _maps.Values)
        {
            map.ReleasePrograms();
        }

        foreach (LoadedProgram program in _programs.Values)
        {
            program.Dispose();
        }

        foreach (LoadedMap map in _maps.Values)
        {
            map.Dispose();
        }

        _engines.Dispose();
    }

    /// <summary>A source and a type of one plugin may have agreed on more than descriptors say, so both are of one version.</summary>
    private static PluginRecord? FindOtherVersion(LoadedProgram program, PluginRecord owner)
        => program.Body.Plugins.FirstOrDefault(plugin => plugin != owner && plugin.Info.Name == owner.Info.Name);

    private static Result<Link> GuardAttach(Provided<IAttachPoint> point, AttachRequest request, Place place)
    {
        try
        {
            return point.Provider.Attach(request);
        }
#pragma warning disable CA1031 // An attach point is foreign code: what it throws is a finding about its plugin.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Result<Link>.Failure(AttachRules.Failed.Error(
                place with { Plugin = point.Owner.Info.Name }, $"attaching to {request.Target} failed with {exception.GetType().Name}: {exception.Message}"));
        }
    }

    private static ImmutableArray<ProgramSpec> ChoosePrograms(ObjectSpec spec, LoadOptions options, FindingCollector findings)
    {
        foreach (string name in options.Programs.Where(name => spec.FindProgram(name) is null))
        {
            findings.Add(LinkRules.UnknownProgram.Error(
                new Place { File = spec.Name }, $"there is no program {name}; the object has {string.Join(", ", spec.Programs.Select(program => program.Name))}"));
        }

        // What a program array holds from the start belongs to whatever else is chosen.
        HashSet<string> elements = [.. spec.TailCallTargets];
        return
        [
            .. spec.Programs.Where(program => elements.Contains(program.Name)
                || (options.Programs.IsEmpty ? program.IsAutoLoaded : options.Programs.Contains(program.Name))),
        ];
    }

    private Result<LoadedObject> Load(ObjectSpec spec, LoadOptions options, LoadTransaction transaction, Registry registry)
    {
        var findings = new FindingCollector(Limits.MaxFindings);
        ImmutableArray<ProgramSpec> chosen = ChoosePrograms(spec, options, findings);
        Dictionary<string, LoadedMap> maps = MakeMaps(spec, options, transaction, registry, findings);
        if (!findings.HasErrors)
        {
            foreach (ProgramSpec program in chosen)
            {
                Result<LoadedProgram> loaded = LoadProgram(program, maps, options, registry);
                findings.AddRange(loaded.Findings);
                if (loaded.IsSuccess)
                {
                    transaction.Programs.Add(loaded.Value);
                }
            }
        }

        if (!findings.HasErrors)
        {
            foreach (LoadedMap map in transaction.Maps)
            {
                FillPrograms(map, transaction.Programs, new Place { File = spec.Name, Object = map.Name }, findings);
            }
        }

        if (findings.HasErrors)
        {
            transaction.Undo();
            return findings.ToResult<LoadedObject>(null);
        }

        return findings.ToResult(new LoadedObject(
            spec, [.. transaction.Programs], [.. spec.Maps.Select(map => maps[map.Name])], [.. transaction.Maps]));
    }

    /// <summary>Puts programs into the array whose definition names them.</summary>
    private static void FillPrograms(LoadedMap map, List<LoadedProgram> programs, Place place, FindingCollector findings)
    {
        if (map.Map is not IObjectMap<LoadedProgram> array)
        {
            return;
        }

        Span<byte> key = stackalloc byte[sizeof(uint)];
        foreach (MapSlotInitializer slot in map.Map.Spec.Slots)
        {
            LoadedProgram? program = programs.Find(program => program.Name == slot.ObjectName);
            MemoryMarshal.Write(key, slot.Index);
            Errno errno = program is null ? Errno.ENOENT : array.Set(key, program);
            if (errno != Errno.None)
            {
                string reason = errno switch
                {
                    Errno.ENOENT => "which the object does not have",
                    Errno.E2BIG => $"but holds only {map.Map.Spec.MaxEntries}",
                    Errno.EINVAL => $"a {program!.ProgramType.Descriptor.Name} program, but holds programs of another type",
                    _ => $"which fails with {errno}",
                };
                findings.Add(LinkRules.BadElement.Error(place, $"map {map.Name} has {slot.ObjectName} at {slot.Index}, {reason}"));
            }
        }
    }

    private Dictionary<string, LoadedMap> MakeMaps(ObjectSpec spec, LoadOptions options, LoadTransaction transaction, Registry registry, FindingCollector findings)
    {
        var maps = new Dictionary<string, LoadedMap>(StringComparer.Ordinal);
        if (spec.Maps.Length > Limits.MaxMapsPerObject)
        {
            findings.Add(LinkRules.TooLarge.Error(new Place { File = spec.Name }, $"the object has {spec.Maps.Length} maps; the most is {Limits.MaxMapsPerObject} (Limits.MaxMapsPerObject)"));
            return maps;
        }

        foreach (MapSpec map in spec.Maps)
        {
            if (options.Maps.TryGetValue(map.Name, out LoadedMap? existing))
            {
                maps[map.Name] = existing;
                continue;
            }

            Result<LoadedMap> made = MakeMap(map, new Place { File = spec.Name, Object = map.Name }, registry);
            findings.AddRange(made.Findings);
            if (made.IsSuccess)
            {
                transaction.Maps.Add(maps[map.Name] = made.Value);
            }
        }

        return maps;
    }

    private Result<LoadedMap> MakeMap(MapSpec spec, Place place, Registry registry)
    {
        Provided<IMapType>? type = registry.FindMapType(spec.Type);
        long bytes = type is null ? 0 : (long)UInt128.Min(type.Provider.Descriptor.FootprintOf(spec), long.MaxValue / 2);
        if (bytes <= Limits.MaxTotalMapBytes && Interlocked.Add(ref _mapBytes, bytes) is var total && total > Limits.MaxTotalMapBytes)
        {
            Interlocked.Add(ref _mapBytes, -bytes);
            return Result<LoadedMap>.Failure(LinkRules.TooLarge.Error(
                place, $"with map {spec.Name} all maps may grow to {total} bytes together; the most is {Limits.MaxTotalMapBytes} (Limits.MaxTotalMapBytes)"));
        }

        // What is larger on its own is refused here.
        Result<IMap> made = MapFactory.Create(spec, type, Limits, place);
        if (!made.IsSuccess)
        {
            Interlocked.Add(ref _mapBytes, bytes <= Limits.MaxTotalMapBytes ? -bytes : 0);
            return Result<LoadedMap>.Failure(made.Findings);
        }

        var id = new MapId(Interlocked.Increment(ref _lastMap));
        var map = new LoadedMap(id, type!.Provider, made.Value, type.Owner, gone =>
        {
            _maps.TryRemove(gone.Id.Value, out _);
            Interlocked.Add(ref _mapBytes, -bytes);
        })
        {
            InnerType = spec.Inner is { } inner ? registry.FindMapType(inner.Type)?.Provider.Descriptor : null,
        };
        _maps[id.Value] = map;
        return Result<LoadedMap>.Success(map, made.Findings);
    }

    private Result<LoadedProgram> LoadProgram(ProgramSpec spec, IReadOnlyDictionary<string, LoadedMap> maps, LoadOptions options, Registry registry)
    {
        Result<MadeProgram> made = Road.Make(spec, maps, options, registry);
        if (!made.IsSuccess)
        {
            return Result<LoadedProgram>.Failure(made.Findings);
        }

        var id = new ProgramId(Interlocked.Increment(ref _lastProgram));
        var program = new LoadedProgram(
            id, made.Value.Lowered, made.Value.Engine, ProgramTag.Compute(spec), made.Value.Providers, gone => _programs.TryRemove(gone.Id.Value, out _))
        {
            Origin = ProgramOrigin.Of(spec, maps, options),
        };
        program.Statistics.Enabled = CountsRuns;
        _programs[id.Value] = program;
        return Result<LoadedProgram>.Success(program, made.Findings);
    }

    private void Register(Link link, PluginRecord owner)
    {
        link.Id = new LinkId(Interlocked.Increment(ref _lastLink));
        link.Owner = owner;
        _links[link.Id.Value] = link;
        PluginLease lease = owner.Hold($"link {link.AttachPoint}:{link.Target} (id {link.Id.Value})");
        link.WhenDisposed(gone =>
        {
            _links.TryRemove(gone.Id.Value, out _);
            lease.Dispose();
        });
    }

    /// <summary>What a load has made so far; undone in reverse when it fails.</summary>
    private sealed class LoadTransaction
    {
        public List<LoadedMap> Maps { get; } = [];

        public List<LoadedProgram> Programs { get; } = [];

        public void Undo()
        {
            Maps.ForEach(map => map.ReleasePrograms());
            Programs.ForEach(program => program.Dispose());
            Maps.ForEach(map => map.Dispose());
        }
    }
}
