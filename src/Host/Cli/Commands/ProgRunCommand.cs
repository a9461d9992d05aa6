using System.CommandLine;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Cli.Testing;

namespace Skep.Cli.Commands;

/// <summary><c>skep prog run</c>: runs a program on given data.</summary>
internal static class ProgRunCommand
{
    private const string Summary = "Runs a program on given data, and prints what it returned and how long a run took.";

    private const string Detail =
        """
        What the data is depends on the program's type: the record of a tracepoint, a packet, or the memory of a raw program, which gets
        its address in R1 and its length in R2.
        """;

    public static Command Create(CommonOptions common)
    {
        var program = new Argument<string>("FILE[:NAME]") { Description = "An object, and the program's name where it holds several." };
        Option<string?> dataIn = OptionValues.DataIn();
        var dataOut = new Option<string?>("--data-out") { Description = "Write the data as the program left it to this file.", HelpName = "FILE" };
        var repeat = new Option<long?>("--repeat") { Description = "Run it N times, for the time's average.", HelpName = "N", CustomParser = OptionValues.PositiveCount };
        Option<string?> jit = OptionValues.Jit();
        Option<string?> loops = VerificationOptions.Loops();
        var verb = new Verb(
            "run",
            Summary,
            Detail,
            "skep prog run samples/fnv/fnv.bpf.o --data-in '61 62 63'\tthe FNV-1a hash of abc",
            "skep prog run samples/fnv/fnv.bpf.o:fnv --data-in @/etc/hostname --repeat 1000\tof a file, a thousand times",
            "skep prog run samples/checksum/checksum.bpf.o --data-in @README.md --jit x64\twith the back end that is named")
        {
            program, dataIn, repeat, dataOut, jit, loops,
        };
        verb.SetAction(result =>
        {
            var request = new TestRunRequest(
                ProgramLocator.Parse(result.GetRequiredValue(program)),
                result.GetValue(dataIn),
                result.GetValue(repeat) ?? 1,
                result.GetValue(dataOut),
                result.GetValue(jit),
                VerificationOptions.ToPolicy(result.GetValue(loops)),
                common.PluginFolder(result));
            using Terminal terminal = common.OpenTerminal(result);
            return TestRun.Execute(request, terminal);
        });
        return verb;
    }
}
