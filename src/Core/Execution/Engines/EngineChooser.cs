using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution.Interpreter;
using Skep.Execution.Lowering.Inlining;
using Skep.Execution.Lowering.Optimization;
using Skep.Execution.Native;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Life;

namespace Skep.Execution.Engines;

/// <summary>Chooses what runs a program: the engine that was asked for, or the next one that can, at last the interpreter; each step aside is a finding.</summary>
/// <param name="slot">Where back ends for hot programs are looked for, when it comes to that.</param>
internal sealed class EngineChooser(RegistrySlot slot, Limits limits, EngineOptions options) : IDisposable
{
    // What is longer takes long to compile, and the .NET JIT makes no better code of it than we do.
    private const int MaxHotSlots = 2_000;

    private readonly CodeArena _arena = new(limits, options.Code);

    // Keeps no back end from leaving.
    private readonly ConditionalWeakTable<IJitBackend, Obstacle> _obstacles = [];

    /// <param name="program">As it was lowered; what it becomes depends on the engine.</param>
    /// <param name="engine">The engine's name; null for the runtime's own choice.</param>
    /// <param name="registry">Whose back ends there are; they do not leave meanwhile.</param>
    public Result<RunnableProgram> Choose(LoweredProgram program, string? engine, Registry registry)
    {
        engine ??= options.Engine;
        Place place = PlaceOf(program);
        if (!TryFindBackends(registry, engine, out IReadOnlyList<Provided<IJitBackend>>? backends))
        {
            string known = string.Join(", ", registry.JitBackends.Select(backend => backend.Provider.Descriptor.Name).Prepend(EngineOptions.Interpreter).Prepend(EngineOptions.Auto));
            return Result<RunnableProgram>.Failure(EngineRules.Unknown.Error(place, $"no plugin offers engine {engine}; there is {known}"));
        }

        var findings = new List<Finding>();
        if (backends.Count > 0 && !program.IsProved)
        {
            // What was left to the runtime is no surprise to anybody.
            if (engine != EngineOptions.Auto)
            {
                findings.Add(EngineRules.NotProved.Warning(place, $"{engine} was asked for, but not every path of {program.Spec.Name} is proved; it runs in the checked interpreter"));
            }

            backends = [];
        }

        LoweredProgram? forCompilers = null;
        foreach (Provided<IJitBackend> backend in backends)
        {
            forCompilers ??= Optimize(program, InliningChoice.ForCompiledCode);
            if (TryCompile(backend, forCompilers, findings, engine == backend.Provider.Descriptor.Name) is { } compiled)
            {
                ProgramEngine chosen = engine == EngineOptions.Auto ? WithHotEngine(backend.Provider.Descriptor, compiled, forCompilers) : compiled;
                return Result<RunnableProgram>.Success(new RunnableProgram(forCompilers, chosen), findings);
            }
        }

        LoweredProgram forInterpreter = Optimize(program, InliningChoice.Short);
        return Result<RunnableProgram>.Success(new RunnableProgram(forInterpreter, InterpreterEngine.Create(forInterpreter, limits)), findings);
    }

    /// <summary>Gives up the memory of code; what is still installed keeps its own.</summary>
    public void Dispose() => _arena.Dispose();

    private LoweredProgram Optimize(LoweredProgram program, InliningChoice inlining)
        => options.Optimize && program.IsProved ? Optimizer.Optimize(program, inlining) : program;

    /// <summary>The engine, or what puts a faster one in its place when the program proves hot.</summary>
    private ProgramEngine WithHotEngine(JitBackendDescriptor chosen, ProgramEngine compiled, LoweredProgram program)
    {
        if (options.HotRuns <= 0 || program.Instructions.Length > MaxHotSlots)
        {
            return compiled;
        }

        using RegistryStay stay = slot.Enter();
        return FindHotBackend(stay.Registry, chosen) is null
            ? compiled
            : new TieredEngine(compiled, options.HotRuns, () => CompileHot(chosen, program)) { Provider = compiled.Provider };
    }

    /// <summary>With the back end that is the fastest when it comes to that: plugins may have changed since the program was loaded.</summary>
    private HotCode CompileHot(JitBackendDescriptor chosen, LoweredProgram program)
    {
        RegistryStay stay = slot.Enter();
        try
        {
            return new HotCode(FindHotBackend(stay.Registry, chosen) is { } hot ? TryCompile(hot, program, [], isAskedFor: false) : null, stay);
        }
        catch
        {
            stay.Dispose();
            throw;
        }
    }

    private Provided<IJitBackend>? FindHotBackend(Registry registry, JitBackendDescriptor chosen)
        => registry.JitBackends.Where(other => FindObstacle(other.Provider) is null).MaxBy(other => other.Provider.Descriptor.HotPreference) is { } hot
            && hot.Provider.Descriptor.HotPreference > chosen.HotPreference ? hot : null;

    /// <summary>In the order in which they are tried.</summary>
    private bool TryFindBackends(Registry registry, string engine, [NotNullWhen(true)] out IReadOnlyList<Provided<IJitBackend>>? backends)
    {
        IEnumerable<Provided<IJitBackend>> byPreference = registry.JitBackends.OrderByDescending(backend => backend.Provider.Descriptor.Preference);
        backends = engine switch
        {
            EngineOptions.Interpreter => [],
            EngineOptions.Auto => [.. byPreference],
            _ when registry.FindJitBackend(engine) is { } named => [named, .. byPreference.Where(backend => backend != named)],
            _ => null,
        };
        return backends is not null;
    }

    private ProgramEngine? TryCompile(Provided<IJitBackend> backend, LoweredProgram program, List<Finding> findings, bool isAskedFor)
    {
        Place place = PlaceOf(program) with { Plugin = backend.Owner.Info.Name };
        string name = backend.Provider.Descriptor.Name;
        try
        {
            if (FindObstacle(backend.Provider) is { } obstacle)
            {
                if (isAskedFor)
                {
                    findings.Add(EngineRules.Unavailable.Warning(place, $"{name} was asked for: {obstacle}"));
                }

                return null;
            }

            ProgramEngine engine = Install(name, program, backend.Provider.Compile(program, new JitOptions { BlindConstants = options.BlindConstants }));

            // Machine code is the core's own once it is installed; what is left of it needs its back end no more.
            engine.Provider = engine is ManagedEngine ? backend.Owner : null;
            return engine;
        }
#pragma warning disable CA1031 // A back end is foreign code: what it throws is a finding, and the next one runs the program.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            findings.Add(EngineRules.CannotCompile.Warning(place, $"{name} did not compile {program.Spec.Name}: {exception.Message} ({exception.GetType().Name})"));
            return null;
        }
    }

    private ProgramEngine Install(string name, LoweredProgram program, CompiledCode code) => code switch
    {
        NativeImage image => new NativeEngine(name, program, image, _arena, limits),
        ManagedEntry managed => new ManagedEngine(name, program, managed, limits),
        _ => throw new NotSupportedException($"it made {code.GetType().Name}, which this core cannot run"),
    };

    /// <summary>Asked once a runtime.</summary>
    private string? FindObstacle(IJitBackend backend) => _obstacles.GetValue(backend, static backend =>
    {
        Architecture here = RuntimeInformation.ProcessArchitecture;
        return new Obstacle(backend.Descriptor.Architecture is { } architecture && architecture != here
            ? $"its code is for {architecture}, and this process runs on {here}"
            : (backend as IAvailability)?.FindObstacle()?.Message);
    }).Text;

    private static Place PlaceOf(LoweredProgram program) => new() { File = program.Spec.ObjectName, Object = program.Spec.Name };

    /// <param name="Text">Null for none.</param>
    private sealed record Obstacle(string? Text);
}
