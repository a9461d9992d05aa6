using System.CommandLine;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Cli.Verifying;

namespace Skep.Cli.Commands;

/// <summary><c>skep prog verify</c>: what the verifier says of an object's programs.</summary>
internal static class ProgVerifyCommand
{
    private const string Summary = "Verifies programs without running them: for each a verdict, and for what is refused where, why, how it came there, and the way out.";

    private const string Detail =
        """
        Maps are made, since programs are bound to them, and are gone at the end; nothing is attached. --log writes each step as Linux does
        (log level 2), so that the two can be compared. A loop that --loops fuel lets pass is warned about.
        docs/verifier/README.md tells how to read a finding, and beside it is a page for each.

        Exit codes: 0 every program is accepted, 1 one is refused (or something failed), 2 wrong usage.
        """;

    public static Command Create(CommonOptions common)
    {
        var files = new Argument<string[]>("FILE[:NAME]") { Description = "Objects, each with the name of one of its programs; all of them without it.", Arity = ArgumentArity.OneOrMore };
        var type = new Option<string?>("--type") { Description = "Verify as this program type instead of what the section says.", HelpName = "NAME" };
        var log = new Option<bool>("--log") { Description = "Write the walk to standard output, as the kernel's verifier log has it." };
        var stats = new Option<bool>("--stats") { Description = "Add what verifying took, and what was proved." };
        var options = new VerificationOptions();
        var verb = new Verb(
            "verify",
            Summary,
            Detail,
            "skep prog verify samples/syscount/syscount.bpf.o\tone line a program",
            "skep prog verify samples/syscount/syscount.bpf.o:count_syscall --stats\twith what was proved of one of them",
            "skep prog verify samples/counter/counter.bpf.o --log | less\tstep by step, with what each register holds",
            "skep prog verify *.bpf.o --json | jq '.[] | select(.verdict == \"refused\") | .findings[0].id'\tthe first reason of each that is refused")
        {
            files, type, log, stats,
        };
        options.AddTo(verb);
        verb.SetAction(result =>
        {
            var request = new VerifyRequest(
                [.. result.GetRequiredValue(files).Select(ProgramLocator.Parse)],
                result.GetValue(type),
                options.ToPolicy(result),
                options.ToLimits(result),
                result.GetValue(log),
                result.GetValue(stats),
                common.PluginFolder(result));
            using Terminal terminal = common.OpenTerminal(result);
            using var session = new VerifySession(request, terminal);
            return session.Run();
        });
        return verb;
    }
}
