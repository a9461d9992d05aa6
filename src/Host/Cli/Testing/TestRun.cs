using System.Diagnostics;
using System.Globalization;
using Skep.Cli.Hosts;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Cli.Testing;

/// <summary>What <c>skep prog run</c> was asked for.</summary>
/// <param name="DataIn">Hexadecimal bytes, or @ and a file's path; null for no data.</param>
internal sealed record TestRunRequest(ProgramLocator Program, string? DataIn, long Repeat, string? DataOut, string? Jit, VerificationPolicy Policy, string? PluginFolder);

/// <summary>Runs one program on given data, as the kernel's BPF_PROG_TEST_RUN does.</summary>
internal static class TestRun
{
    public static int Execute(TestRunRequest request, Terminal terminal)
    {
        Result<byte[]> data = TestData.Read(request.DataIn);
        if (!data.IsSuccess)
        {
            return terminal.Fail(data.Findings);
        }

        Result<ObjectSpec> spec = ObjectPrograms.Open(request.Program);
        if (!spec.IsSuccess)
        {
            return terminal.Fail(spec.Findings);
        }

        Result<ProgramSpec> chosen = ObjectPrograms.Choose(spec.Value, request.Program.Name);
        if (!chosen.IsSuccess)
        {
            return terminal.Fail(chosen.Findings);
        }

        var lines = new TraceLines();
        using CliHost host = CliHost.Create(terminal, request.PluginFolder, lines);
        var options = new LoadOptions { Programs = [chosen.Value.Name], Verification = request.Policy, Engine = request.Jit };
        Result<LoadedObject> loaded = host.Runtime.Load(spec.Value, options);
        if (!loaded.IsSuccess)
        {
            return terminal.Fail(loaded.Findings);
        }

        // That a raw program is not proved matters to those only who want it compiled.
        terminal.Warn(loaded.Findings.Where(finding => request.Jit is not null || finding.Rule != PathRules.NotProved));
        return Run(loaded.Value.FindProgram(chosen.Value.Name)!, data.Value, request, terminal, lines);
    }

    private static int Run(LoadedProgram program, byte[] data, TestRunRequest request, Terminal terminal, TraceLines lines)
    {
        using TestMemory memory = TestMemory.Create(program, data);
        long start = Stopwatch.GetTimestamp();
        RunResult result = default;
        for (long run = 0; run < request.Repeat && result.Completed; run++)
        {
            result = program.RunEvent(memory.Region);
        }

        long average = (long)(Stopwatch.GetElapsedTime(start).TotalNanoseconds / request.Repeat);
        if (!result.Completed)
        {
            return terminal.Fail(TrapFinding.Create(program, result.Trap));
        }

        if (request.DataOut is { } path && TestData.Write(path, memory.Data) is { } problem)
        {
            return terminal.Fail(problem);
        }

        terminal.Show(Describe(program, result.Value, average, request.Repeat, lines));
        return ExitCode.Success;
    }

    private static Report Describe(LoadedProgram program, ulong r0, long average, long repeat, TraceLines lines)
    {
        // The kernel's programs return 32 bits, whatever R0 holds; raw ones have no kernel to follow.
        bool isWide = program.ProgramType.Descriptor.Context.HasLength;
        ulong value = isWide ? r0 : (uint)r0;
        string text = string.Create(CultureInfo.InvariantCulture, $"{value}{(isWide ? $" (0x{value:x})" : "")}, duration (average): {average}ns");
        return Report.Of(
            new ReportTable("output", "", [new("text", "")], lines.Rows) { WhenEmpty = "" },
            new ReportFields("", "",
            [
                new("program", null, Cell.Of(program.Name)),
                new("retval", "Return value", Cell.Of(value, text)),
                new("duration", null, Cell.Of(average)),
                new("repeat", null, Cell.Of(repeat)),
                new("engine", "Engine", Cell.Of(program.Engine)),
            ]));
    }
}
