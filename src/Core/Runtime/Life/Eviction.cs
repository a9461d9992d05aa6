using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Runtime.Life;

/// <summary>
/// Takes from its users what a plugin offers that has to leave. Links of its attach points are disposed. Programs that only call its helpers go on, and the calls are refused. Programs of
/// its types, or with maps of it, are taken from links and program arrays and unloaded, and then its maps.
/// </summary>
internal sealed class Eviction(SkepRuntime runtime, IReadOnlySet<PluginRecord> leaving)
{
    private readonly List<Finding> _findings = [];

    /// <summary>Does it, as far as it goes: who was handed an object to hold keeps it. Waits for runs, so not from inside of one.</summary>
    /// <param name="registry">Without the plugins.</param>
    /// <returns>A warning for all that was taken away.</returns>
    public ImmutableArray<Finding> Run(Registry registry, CompositionPolicy policy)
    {
        foreach (Link link in runtime.Links.Where(link => link.Owner is { } owner && leaving.Contains(owner)))
        {
            Take(link.Dispose, $"link {link.AttachPoint}:{link.Target} (id {link.Id.Value}) was detached");
        }

        RefuseHelpers(registry, policy);
        foreach (LoadedProgram program in runtime.Programs.Where(IsConcerned))
        {
            Unload(program);
        }

        foreach (LoadedMap map in runtime.Maps.Where(map => leaving.Contains(map.Owner)))
        {
            Take(
                () =>
                {
                    map.ReleasePrograms();
                    map.Dispose();
                },
                $"map {map.Name} (id {map.Id.Value}) was disposed");
        }

        return [.. _findings];
    }

    private bool IsConcerned(LoadedProgram program)
        => leaving.Any(plugin => program.Body.TiesTo(plugin) != ProgramTies.None) || program.Lowered.Maps.Any(map => leaving.Contains(map.Owner));

    /// <summary>Programs that have nothing else of the plugin get stubs in the place of its helpers.</summary>
    private void RefuseHelpers(Registry registry, CompositionPolicy policy)
    {
        RegistryBuilder refusing = RegistryBuilder.Continue(registry, policy, leaving);
        HelperBinding[] helpers = [.. runtime.Programs.SelectMany(program => program.Lowered.Verified.Linked.Helpers.Values.Concat(program.Lowered.Helpers))
            .SelectMany(helper => helper.ReleasedBy is { } release ? [helper, release] : (HelperBinding[])[helper])
            .Where(helper => leaving.Contains(helper.Owner)).Distinct()];
        if (helpers.Length == 0)
        {
            return;
        }

        refusing.AddHelpers(RefusingHelpers.For(helpers));
        LoadedProgram[] concerned = [.. runtime.Programs.Where(IsConcerned)];
        using ProgramMove move = ProgramMove.Prepare(runtime, refusing.Build(), leaving, MoveKind.Upgrade);
        move.Commit()?.TryRetire(Timeout.InfiniteTimeSpan);

        foreach (LoadedProgram program in concerned.Where(program => !program.IsDisposed && !IsConcerned(program)))
        {
            _findings.Add(UpgradeRules.TakenAway.Warning(Place.Nowhere, $"{program.Holder} goes on, but its calls of {string.Join(", ", leaving)} fail"));
        }
    }

    private void Unload(LoadedProgram program)
    {
        foreach (Link link in runtime.Links.Where(link => link.Program == program))
        {
            Take(link.Dispose, $"link {link.AttachPoint}:{link.Target} (id {link.Id.Value}) was detached");
        }

        foreach (LoadedMap map in runtime.Maps)
        {
            if (map.Map is IObjectMap<LoadedProgram> array && map.Map.Spec.KeySize == sizeof(uint))
            {
                Clear(array, program);
            }
        }

        Take(program.Dispose, $"{program.Holder} was unloaded");
    }

    private static unsafe void Clear(IObjectMap<LoadedProgram> array, LoadedProgram program)
    {
        for (uint index = 0; index < array.Spec.MaxEntries; index++)
        {
            if (array.Find((byte*)&index) == program)
            {
                array.Set(new ReadOnlySpan<byte>(&index, sizeof(uint)), null);
            }
        }
    }

    private void Take(Action action, string what)
    {
        try
        {
            action();
            _findings.Add(UpgradeRules.TakenAway.Warning(Place.Nowhere, what));
        }
#pragma warning disable CA1031 // Detaching and disposing are foreign code; what refuses to go is seen as a holder afterwards.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _findings.Add(UpgradeRules.TakenAway.Warning(Place.Nowhere, $"{what}, but: {exception.GetType().Name}: {exception.Message}"));
        }
    }
}
