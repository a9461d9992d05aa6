using System.CommandLine;
using Skep.Cli.Benching;
using Skep.Cli.Output;
using Skep.Cli.Parsing;

namespace Skep.Cli.Commands;

/// <summary><c>skep bench</c>: every engine on the same program and data, side by side.</summary>
internal static class BenchCommand
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(2);

    private const string Summary = "Runs a program on every engine with the same data, sees that they agree, and compares how long a run takes.";

    private const string Detail =
        """
        The engines take turns, each with maps of its own, and each round begins with the data as it was given; what is told is the round in the
        middle. A run is what an event costs: the program's type lays out its context, the code runs, the type carries results back. The bars
        are as long as a run takes. Beside them stand how long the back end takes for the program once it is warm, how long
        the first run took (in which the .NET runtime compiles what is CIL), and the size of the code.
        Before that each engine runs once, and result, data and maps are held against the interpreter's; engines that differ are an error.
        Ctrl-C ends early, with what was measured until then. A program that is not proved runs in the interpreter only.
        """;

    public static Command Create(CommonOptions common)
    {
        var program = new Argument<string>("FILE[:NAME]") { Description = "An object, and the program's name where it holds several." };
        Option<string?> dataIn = OptionValues.DataIn();
        var duration = new Option<TimeSpan?>("--for") { Description = "Measure for this time: 500ms, 10s; 2s without it.", HelpName = "DURATION", CustomParser = OptionValues.Duration };
        var engines = new Option<string[]>("--jit")
        {
            Description = "Only these engines: interpreter, auto, or back ends that `skep feature` lists; without it all that can work here.",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string?> loops = VerificationOptions.Loops();
        var verb = new Verb(
            "bench",
            Summary,
            Detail,
            "skep bench samples/checksum/checksum.bpf.o --data-in @README.md\ta packet's checksum on every engine",
            "skep bench samples/counter/counter.bpf.o:count --jit x64 cil --for 10s\ttwo of them, for longer",
            "skep bench samples/checksum/checksum.bpf.o --json | jq '.engines[] | {engine, ns_per_run}'\tjust the numbers")
        {
            program, dataIn, duration, engines, loops,
        };
        verb.SetAction(result =>
        {
            var request = new BenchRequest(
                ProgramLocator.Parse(result.GetRequiredValue(program)),
                [.. result.GetValue(engines) ?? []],
                result.GetValue(dataIn),
                result.GetValue(duration) ?? DefaultDuration,
                VerificationOptions.ToPolicy(result.GetValue(loops)),
                common.PluginFolder(result));
            using Terminal terminal = common.OpenTerminal(result);
            using var session = new BenchSession(request, terminal);
            return session.Run();
        });
        return verb;
    }
}
