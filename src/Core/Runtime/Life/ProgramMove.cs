using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Runtime.Life;

/// <summary>Which programs may get another body.</summary>
internal enum MoveKind : byte
{
    /// <summary>All whose helpers and types are there in the same form.</summary>
    Upgrade,

    /// <summary>Only those that have nothing of the leaving plugins but code that a back end made.</summary>
    EnginesOnly,
}

/// <summary>
/// Loaded programs on their way from plugins that leave to those that are there then. First every program takes the road once more, beside its running code; nothing has changed by then
/// and everything can be dropped. Then all are switched.
/// </summary>
/// <remarks>
/// A program stays where it is while it uses a map of a leaving plugin, or a link of one drives it: maps, sources, helpers and types of one plugin may know more of each other than their
/// descriptors say.
/// </remarks>
internal sealed class ProgramMove : IDisposable
{
    private readonly List<(LoadedProgram Program, ProgramBody Next)> _ready = [];
    private readonly List<Finding> _obstacles = [];
    private readonly List<LoadedProgram> _blocked = [];

    private ProgramMove()
    {
    }

    /// <summary>What keeps programs from moving: what changed, by program.</summary>
    public ImmutableArray<Finding> Obstacles => [.. _obstacles];

    /// <summary>The programs that <see cref="Obstacles"/> are about.</summary>
    public IReadOnlyList<LoadedProgram> Blocked => _blocked;

    /// <param name="registry">What programs are bound to anew; its plugins do not leave meanwhile.</param>
    /// <param name="except">Programs that are not tried.</param>
    public static ProgramMove Prepare(
        SkepRuntime runtime, Registry registry, IReadOnlySet<PluginRecord> leaving, MoveKind kind, IReadOnlySet<LoadedProgram>? except = null)
    {
        var move = new ProgramMove();
        try
        {
            IReadOnlyList<Link> links = runtime.Links;
            foreach (LoadedProgram program in runtime.Programs)
            {
                ProgramTies ties = leaving.Aggregate(ProgramTies.None, (ties, plugin) => ties | program.Body.TiesTo(plugin));
                bool concerns = ties != ProgramTies.None && (kind == MoveKind.Upgrade || ties == ProgramTies.Engine);
                if (concerns && except?.Contains(program) != true && !IsTied(program, links, leaving))
                {
                    move.Add(runtime, program, registry, leaving);
                }
            }
        }
        catch
        {
            move.Dispose();
            throw;
        }

        return move;
    }

    /// <summary>Runs that begin from here on run in the new bodies; a chain of tail calls that is under way goes on in the old ones. Returns before those have ended.</summary>
    /// <returns>The old bodies, with the programs that they are of; null when there are none.</returns>
    public MovedPrograms? Commit()
    {
        if (_ready.Count == 0)
        {
            return null;
        }

        foreach ((LoadedProgram program, ProgramBody next) in _ready)
        {
            program.Announce(next);
        }

        var old = new List<ProgramBody>();
        foreach ((LoadedProgram program, ProgramBody next) in _ready)
        {
            // One that was unloaded meanwhile has no use for it.
            old.Add(program.Switch(next) ?? next);
        }

        var moved = new MovedPrograms([.. _ready.Select(entry => entry.Program)], old);
        _ready.Clear();
        return moved;
    }

    /// <summary>Drops what was not committed.</summary>
    public void Dispose()
    {
        _ready.ForEach(entry => entry.Next.Dispose());
        _ready.Clear();
    }

    private static bool IsTied(LoadedProgram program, IReadOnlyList<Link> links, IReadOnlySet<PluginRecord> leaving)
        => program.Origin is not { } origin
            || origin.Maps.Values.Any(map => leaving.Contains(map.Owner))
            || links.Any(link => link.Program == program && link.Owner is { } owner && leaving.Contains(owner));

    private void Add(SkepRuntime runtime, LoadedProgram program, Registry registry, IReadOnlySet<PluginRecord> leaving)
    {
        ProgramOrigin origin = program.Origin!;
        var place = new Place { File = origin.Spec.ObjectName, Object = program.Name };
        if (FindChange(program, registry, leaving, place) is { } change)
        {
            Block(program, change);
            return;
        }

        Result<MadeProgram> made = runtime.Road.Make(origin.Spec, origin.Maps, origin.Options, registry);
        if (!made.IsSuccess)
        {
            Finding first = made.Findings.First(finding => finding.IsError);
            Block(program, UpgradeRules.NoLongerLoads.Error(first.Place, $"{program.Holder} would be refused: {first.Rule.Id}: {first.Message}"));
            return;
        }

        try
        {
            _ready.Add((program, new ProgramBody(program, made.Value.Lowered, made.Value.Engine, made.Value.Providers)));
        }
        catch (ObjectDisposedException)
        {
            // The program was unloaded meanwhile, and a map of it.
        }
    }

    private void Block(LoadedProgram program, Finding obstacle)
    {
        _blocked.Add(program);
        _obstacles.Add(obstacle);
    }

    private static Finding? FindChange(LoadedProgram program, Registry registry, IReadOnlySet<PluginRecord> leaving, Place place)
    {
        ProgramTypeDescriptor type = program.ProgramType.Descriptor;
        if (registry.FindProgramType(type.Name) is not { } now)
        {
            return UpgradeRules.ChangedType.Error(place, $"{program.Holder} is a {type.Name} program, a type that nobody offers any more");
        }

        if (!type.HasContractOf(now.Provider.Descriptor))
        {
            return UpgradeRules.ChangedType.Error(place, $"{program.Holder} is a {type.Name} program, whose context, results or helpers are others in {now.Owner}");
        }

        foreach (HelperBinding helper in program.Lowered.Verified.Linked.Helpers.Values.Concat(program.Lowered.Helpers).Where(helper => leaving.Contains(helper.Owner)).Distinct())
        {
            HelperBinding? other = registry.FindHelper(helper.Descriptor.Name, type)
                ?? (helper.Descriptor.Number is { } number ? registry.FindHelper(number, type) : null);
            string? change = other is null ? "nobody offers it any more" : HelperChange.Describe(helper.Descriptor, other.Descriptor);
            if (change is not null)
            {
                string versions = other is null ? "" : $" (from {helper.Owner} to {other.Owner})";
                return UpgradeRules.ChangedPrototype.Error(place, $"{program.Holder} calls {helper.Descriptor.Name}: {change}{versions}");
            }
        }

        return null;
    }
}

/// <summary>Programs that run in new bodies, and the old ones, in which runs may still be.</summary>
internal sealed class MovedPrograms(ImmutableArray<LoadedProgram> programs, List<ProgramBody> old)
{
    /// <summary>Lets the old bodies go once no run is in them.</summary>
    /// <returns>False when runs were still under way at the deadline, and nothing was let go.</returns>
    public bool TryRetire(TimeSpan deadline)
    {
        if (!Epoch.TryWaitForRuns(deadline))
        {
            return false;
        }

        foreach (LoadedProgram program in programs)
        {
            program.Forget();
        }

        old.ForEach(body => body.Dispose());
        return true;
    }
}
