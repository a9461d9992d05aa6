using System.Collections.Immutable;
using Skep.Cli.Hosts;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Cli.Running;
using Skep.Cli.Testing;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Cli.Verifying;

/// <summary>What <c>skep prog verify</c> was asked for.</summary>
/// <param name="ProgramType">Null leaves it to the sections.</param>
internal sealed record VerifyRequest(
    ImmutableArray<ProgramLocator> Programs, string? ProgramType, VerificationPolicy Policy, Func<Limits, Limits> Limits, bool Log, bool Statistics, string? PluginFolder);

/// <summary>Verifies every program that was asked for, and tells the verdicts: as each comes for people, all at the end as JSON.</summary>
internal sealed class VerifySession(VerifyRequest request, Terminal terminal) : IDisposable
{
    private readonly StopSignal _stop = new();
    private readonly List<ProgramVerdict> _verdicts = [];

    public int Run()
    {
        using CliHost host = CliHost.Create(terminal, request.PluginFolder, limits: request.Limits);
        _stop.Listen();
        bool isAccepted = true;
        var failures = new List<Finding>();
        foreach (ProgramLocator locator in request.Programs)
        {
            try
            {
                isAccepted &= Verify(locator, host.Runtime, failures);
            }
            catch (OperationCanceledException)
            {
                failures.Add(CliRules.Interrupted.Error(new Place { File = locator.File }, "the verifier was interrupted; what it did not come to has no verdict"));
                break;
            }
        }

        if (terminal.IsJson)
        {
            terminal.Show(VerdictReport.Create(_verdicts, failures));
        }

        terminal.Output.Flush();
        terminal.Warn(failures);
        return isAccepted && failures.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    public void Dispose() => _stop.Dispose();

    /// <returns>False when a program is refused.</returns>
    private bool Verify(ProgramLocator locator, SkepRuntime runtime, List<Finding> failures)
    {
        Result<ObjectSpec> spec = ObjectPrograms.Open(locator);
        if (!spec.IsSuccess)
        {
            failures.AddRange(spec.Findings);
            return false;
        }

        terminal.Warn(spec.Findings);
        var maps = new Dictionary<string, LoadedMap>(StringComparer.Ordinal);
        try
        {
            return MakeMaps(spec.Value, runtime, maps, failures) & VerifyPrograms(spec.Value, locator, runtime, maps);
        }
        finally
        {
            foreach (LoadedMap map in maps.Values)
            {
                map.Dispose();
            }
        }
    }

    /// <summary>A map that cannot be made is told, and again by the programs that need it; the others can be verified.</summary>
    private static bool MakeMaps(ObjectSpec spec, SkepRuntime runtime, Dictionary<string, LoadedMap> maps, List<Finding> failures)
    {
        bool areAllMade = true;
        foreach (MapSpec map in spec.Maps)
        {
            Result<LoadedMap> made = runtime.CreateMap(map);
            failures.AddRange(made.Findings.Where(finding => finding.IsError).Select(finding => finding with { Place = finding.Place with { File = spec.Name } }));
            areAllMade &= made.IsSuccess;
            if (made.IsSuccess)
            {
                maps[map.Name] = made.Value;
            }
        }

        return areAllMade;
    }

    private bool VerifyPrograms(ObjectSpec spec, ProgramLocator locator, SkepRuntime runtime, Dictionary<string, LoadedMap> maps)
    {
        bool areAllAccepted = true;
        foreach (ProgramSpec program in spec.Programs.Where(candidate => locator.Name is null || candidate.Name == locator.Name))
        {
            ProgramVerdict verdict = Verify(program, runtime, maps);
            areAllAccepted &= verdict.IsAccepted;
            if (terminal.IsJson)
            {
                _verdicts.Add(verdict);
            }
            else
            {
                VerdictText.Write(terminal, verdict, request.Statistics);
                terminal.Output.Flush();
            }
        }

        return areAllAccepted;
    }

    private ProgramVerdict Verify(ProgramSpec program, SkepRuntime runtime, Dictionary<string, LoadedMap> maps)
    {
        using StringWriter? kept = request.Log && terminal.IsJson ? new StringWriter() : null;
        var diagnostics = new VerifierDiagnostics { Log = kept ?? (request.Log ? terminal.Output : null), Cancellation = _stop.Token };
        var options = new LoadOptions { DefaultProgramType = request.ProgramType, Verification = request.Policy };
        Result<VerifiedProgram> result = runtime.VerifyProgram(program, maps, options, diagnostics);
        string? type = result.Value?.Linked.ProgramType.Descriptor.Name ?? request.ProgramType ?? runtime.Registry.ResolveSection(program.Section)?.Type.Provider.Descriptor.Name;
        return new ProgramVerdict(program, type, result, diagnostics.Statistics, kept?.ToString());
    }
}
