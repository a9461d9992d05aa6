using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Cli.Hosts;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Cli.Testing;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Cli.Jited;

/// <summary>What <c>skep prog dump jited</c> was asked for.</summary>
/// <param name="Jit">Null, and <c>auto</c>, for the back end that programs would get here.</param>
/// <param name="Features">Names of processor features that the code may use; empty leaves them to the back end.</param>
internal sealed record JitedRequest(
    ProgramLocator Program, string? Jit, ImmutableArray<string> Features, JitedOptions Options, VerificationPolicy Policy, string? PluginFolder);

/// <summary>Takes programs along the road as far as their code, and shows it. Nothing is attached and nothing runs.</summary>
internal sealed class JitedSession(JitedRequest request, Terminal terminal)
{
    public int Run()
    {
        Result<ObjectSpec> spec = ObjectPrograms.Open(request.Program);
        if (!spec.IsSuccess)
        {
            return terminal.Fail(spec.Findings);
        }

        terminal.Warn(spec.Findings);
        using CliHost host = CliHost.Create(terminal, request.PluginFolder);
        Result<IJitBackend> backend = Choose(host.Registry);
        if (!backend.IsSuccess)
        {
            return terminal.Fail(backend.Findings);
        }

        // The interpreter takes every program, so that loading asks nothing of this machine.
        string[] names = [.. spec.Value.Programs.Select(program => program.Name).Where(name => request.Program.Name is null || name == request.Program.Name)];
        Result<LoadedObject> loaded = host.Runtime.Load(
            spec.Value, new LoadOptions { Programs = [.. names], Verification = request.Policy, Engine = EngineOptions.Interpreter });
        if (!loaded.IsSuccess)
        {
            return terminal.Fail(loaded.Findings);
        }

        terminal.Warn(loaded.Findings);
        using LoadedObject programs = loaded.Value;
        return Dump(programs, backend.Value);
    }

    private int Dump(LoadedObject loaded, IJitBackend backend)
    {
        var dumps = new List<JitedDump>();
        var failures = new List<Finding>();
        foreach (LoadedProgram program in loaded.Programs)
        {
            Result<CompiledListing> listing = Compile(program, backend);
            failures.AddRange(listing.Findings);
            if (listing.IsSuccess)
            {
                dumps.Add(JitedDump.Of(program, backend.Descriptor, listing.Value));
            }
        }

        if (failures.Count > 0 && dumps.Count == 0)
        {
            return terminal.Fail(failures);
        }

        Write(dumps);
        terminal.Output.Flush();
        terminal.Warn(failures);
        return failures.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private Result<IJitBackend> Choose(Registry registry)
    {
        if (request.Jit is { } name and not EngineOptions.Auto)
        {
            if (registry.FindJitBackend(name) is { } named)
            {
                return Result<IJitBackend>.Success(named.Provider);
            }

            string known = Known(registry);
            return Result<IJitBackend>.Failure(EngineRules.Unknown.Error(
                Place.Nowhere,
                name == EngineOptions.Interpreter
                    ? $"the interpreter runs the program as it is and makes no code; there is {known}"
                    : $"no plugin offers back end {name}; there is {known}"));
        }

        Architecture here = RuntimeInformation.ProcessArchitecture;
        IJitBackend? best = registry.JitBackends.Select(backend => backend.Provider)
            .OrderByDescending(backend => backend.Descriptor.Preference)
            .FirstOrDefault(backend => (backend.Descriptor.Architecture ?? here) == here && (backend as IAvailability)?.FindObstacle() is null);
        return best is not null
            ? Result<IJitBackend>.Success(best)
            : Result<IJitBackend>.Failure(EngineRules.Unknown.Error(Place.Nowhere, $"no back end can work here; name one with --jit: there is {Known(registry)}"));
    }

    private static string Known(Registry registry)
        => registry.JitBackends.IsEmpty ? "none" : string.Join(", ", registry.JitBackends.Select(backend => backend.Provider.Descriptor.Name));

    private Result<CompiledListing> Compile(LoadedProgram program, IJitBackend backend)
    {
        string name = backend.Descriptor.Name;
        var place = new Place { File = program.Lowered.Spec.ObjectName, Object = program.Name };
        if (!program.Lowered.IsProved)
        {
            return Result<CompiledListing>.Failure(EngineRules.NotProved.Error(place, $"not every path of {program.Name} is proved, so no back end compiles it"));
        }

        var options = new JitOptions { Features = request.Features.IsEmpty ? null : [.. request.Features] };
        try
        {
            return CompiledListing.Create(backend, program.Lowered, options) is { } listing
                ? Result<CompiledListing>.Success(listing)
                : Result<CompiledListing>.Failure(CliRules.NoListing.Error(
                    place, $"{name} makes delegates that the .NET runtime compiles when they first run, and does not list them"));
        }
#pragma warning disable CA1031 // A back end is foreign code: what it throws is a finding about it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Result<CompiledListing>.Failure(EngineRules.CannotCompile.Error(place, $"{name} did not compile {program.Name}: {exception.Message} ({exception.GetType().Name})"));
        }
    }

    private void Write(List<JitedDump> dumps)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (JitedDump dump in dumps)
                {
                    new JitedJson(json, request.Options).Write(dump);
                }

                json.WriteEndArray();
            });
            return;
        }

        var text = new JitedText(terminal.Output, request.Options);
        foreach (JitedDump dump in dumps)
        {
            string size = dump.Listing.Bytes is { } bytes ? $", {bytes} bytes" : "";
            terminal.Output.Write($"{(dump == dumps[0] ? "" : "\n")}{dump.Program.Name}_{dump.Program.Tag}  {dump.Backend.Name}: {dump.Listing.Language}{size}\n");
            text.Write(dump);
        }
    }
}
