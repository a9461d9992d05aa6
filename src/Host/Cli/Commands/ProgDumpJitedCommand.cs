using System.CommandLine;
using Skep.Cli.Jited;
using Skep.Cli.Output;
using Skep.Cli.Parsing;

namespace Skep.Cli.Commands;

/// <summary><c>skep prog dump jited</c>: the code that a back end makes.</summary>
internal static class ProgDumpJitedCommand
{
    private const string Opcodes = "opcodes";
    private const string LineNumbers = "linum";

    private const string Summary = "Prints the code that a JIT back end makes of a program, with the eBPF instructions and the C source that it came from.";

    private const string Detail =
        """
        A line that begins with # is an eBPF instruction as `skep prog dump xlated` numbers it, one that begins with ; is C, and what begins
        with an address is code. Any back end compiles on any machine, so arm64 code can be read on an x64 host; nothing is attached and
        nothing runs. Back ends that make no machine code list what they make instead (cil: IL); the first line says what is shown.
        Only programs whose every path is proved are compiled.
        """;

    public static Command Create(CommonOptions common)
    {
        var program = new Argument<string>("FILE[:NAME]") { Description = "An object, and the name of one of its programs; all of them without it." };
        var words = new Argument<string[]>("WORDS") { Description = "opcodes, linum", HelpName = "opcodes|linum", Arity = ArgumentArity.ZeroOrMore };
        words.AcceptOnlyFromAmong(Opcodes, LineNumbers);
        var plain = new Option<bool>("--plain") { Description = "Code and C source only, as bpftool shows them." };
        var jit = new Option<string?>("--jit") { Description = "The back end; without it the one that programs would get on this machine. `skep feature` lists them.", HelpName = "NAME" };
        var features = new Option<string?>("--features")
        {
            Description = "Processor features that the code may use, as the back end's documentation names them, with commas between; without it those of this machine, or the base of another.",
            HelpName = "LIST",
        };
        Option<string?> loops = VerificationOptions.Loops();
        var verb = new Verb(
            "jited",
            Summary,
            Detail,
            "skep prog dump jited samples/counter/counter.bpf.o:count\tthe code that would run here",
            "skep prog dump jited samples/counter/counter.bpf.o:count --jit arm64 --features lse\tthe same program for another processor, with its atomic instructions",
            "skep prog dump jited samples/counter/counter.bpf.o:count opcodes linum\twith bytes and places",
            "skep prog dump jited samples/counter/counter.bpf.o --json | jq '.[0].insns | length'\thow many instructions it takes")
        {
            program, words, jit, features, plain, loops,
        };
        verb.SetAction(result =>
        {
            string[] chosen = result.GetValue(words) ?? [];
            var request = new JitedRequest(
                ProgramLocator.Parse(result.GetRequiredValue(program)),
                result.GetValue(jit),
                [.. (result.GetValue(features) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
                new JitedOptions(result.GetValue(plain), chosen.Contains(Opcodes), chosen.Contains(LineNumbers)),
                VerificationOptions.ToPolicy(result.GetValue(loops)),
                common.PluginFolder(result));
            using Terminal terminal = common.OpenTerminal(result);
            return new JitedSession(request, terminal).Run();
        });
        return verb;
    }
}
