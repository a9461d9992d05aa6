using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Engines;
using Skep.Execution.Lowering;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime.Linking;
using Skep.Verification;

namespace Skep.Runtime;

/// <summary>A program that took the road to its end but for the loading: its code, and the plugins that it comes from beside the engine's.</summary>
internal sealed record MadeProgram(LoweredProgram Lowered, ProgramEngine Engine, IReadOnlyList<PluginRecord> Providers);

/// <summary>The one road that every program takes: link, verify, lower, install. It changes nothing of the runtime.</summary>
internal sealed class ProgramRoad(SkepRuntime runtime, EngineChooser engines)
{
    // By object, not by place in a registry: two versions of a type are two, and code of the one does not jump into the other.
    private readonly ConditionalWeakTable<IProgramType, StrongBox<int>> _jumpTypes = [];
    private int _lastJumpType;

    /// <param name="registry">Its plugins do not leave meanwhile.</param>
    public Result<MadeProgram> Make(ProgramSpec spec, IReadOnlyDictionary<string, LoadedMap> maps, LoadOptions options, Registry registry)
    {
        Result<VerifiedProgram> verified = Verify(spec, maps, options, registry, null);
        if (!verified.IsSuccess)
        {
            return Result<MadeProgram>.Failure(verified.Findings);
        }

        LoweredProgram lowered = runtime.Watch(RoadStep.Lower, spec.Name, () => Result<LoweredProgram>.Success(Lowerer.Lower(verified.Value, registry))).Value!;
        Result<RunnableProgram> runnable = runtime.Watch(RoadStep.Compile, spec.Name, () => engines.Choose(lowered, options.Engine, registry));
        if (runnable.IsSuccess)
        {
            runnable.Value.Engine.JumpType = _jumpTypes.GetValue(lowered.Verified.Linked.ProgramType, _ => new StrongBox<int>(Interlocked.Increment(ref _lastJumpType))).Value;
        }

        return runnable.IsSuccess
            ? Result<MadeProgram>.Success(
                new MadeProgram(runnable.Value.Program, runnable.Value.Engine, ProvidersOf(runnable.Value.Program, lowered, registry)), verified.Findings.AddRange(runnable.Findings))
            : Result<MadeProgram>.Failure(verified.Findings.AddRange(runnable.Findings));
    }

    /// <summary>The first half of the road, which installs nothing: link and verify.</summary>
    public Result<VerifiedProgram> Verify(
        ProgramSpec spec, IReadOnlyDictionary<string, LoadedMap> maps, LoadOptions options, Registry registry, VerifierDiagnostics? diagnostics)
        => runtime.Watch(RoadStep.Verify, spec.Name, () => LinkAndVerify(spec, maps, options, registry, diagnostics));

    private Result<VerifiedProgram> LinkAndVerify(
        ProgramSpec spec, IReadOnlyDictionary<string, LoadedMap> maps, LoadOptions options, Registry registry, VerifierDiagnostics? diagnostics)
    {
        Result<Provided<IProgramType>> type = ResolveType(spec, options, registry);
        if (!type.IsSuccess)
        {
            return Result<VerifiedProgram>.Failure(type.Findings);
        }

        Result<LinkedProgram> linked = new Linker(registry, runtime.Limits).Link(spec, type.Value.Provider, maps);
        return linked.IsSuccess
            ? Verifier.Verify(linked.Value, runtime.Limits, options.Verification, diagnostics)
            : Result<VerifiedProgram>.Failure(linked.Findings);
    }

    /// <summary>Helpers that no call is left of are among them: code that was put in a call's place may lead to what is the set's.</summary>
    private static IReadOnlyList<PluginRecord> ProvidersOf(LoweredProgram final, LoweredProgram first, Registry registry) =>
    [
        .. final.Helpers.Concat(first.Helpers).Concat(first.Verified.Linked.Helpers.Values).Select(helper => helper.Owner)
            .Concat(registry.ProgramTypes.Where(type => type.Provider == first.Verified.Linked.ProgramType).Select(type => type.Owner))
            .Distinct(),
    ];

    private static Result<Provided<IProgramType>> ResolveType(ProgramSpec spec, LoadOptions options, Registry registry)
    {
        var place = new Place { File = spec.ObjectName, Section = spec.Section.Length == 0 ? null : spec.Section, Object = spec.Name };
        if ((options.ProgramTypes.GetValueOrDefault(spec.Name) ?? options.DefaultProgramType) is { } name)
        {
            return registry.FindProgramType(name) is { } named
                ? Result<Provided<IProgramType>>.Success(named)
                : Result<Provided<IProgramType>>.Failure(LinkRules.UnknownProgramType.Error(place, $"no plugin offers program type {name}, which {spec.Name} needs"));
        }

        return registry.ResolveSection(spec.Section) is { } match
            ? Result<Provided<IProgramType>>.Success(match.Type)
            : Result<Provided<IProgramType>>.Failure(LinkRules.UnknownSection.Error(place, $"no plugin offers a program type for section {spec.Section}, which {spec.Name} is in"));
    }
}
