using System.CommandLine;
using Skep.Cli.Exec;

namespace Skep.Cli.Commands;

/// <summary><c>skep exec</c> as the parser knows it, for help and mistakes; sound command lines never come here (see <see cref="ExecArguments"/>).</summary>
internal static class ExecCommand
{
    private const string Summary = "Runs one program on one piece of memory, and prints R0 in hexadecimal and nothing else.";

    private const string Detail =
        """
        R1 is the address of the memory (0 when there is none), R2 its length. The program is one line of hexadecimal bytes on standard
        input; white space may separate bytes. Calls by register (callx) are allowed. This is how a test suite of the instruction set
        can drive Skep as a process. With --jit NAME the program is proved first where it can be, and that back end compiles it; what cannot
        be proved runs in the checked interpreter, with a warning on standard error.
        """;

    public static Command Create(CommonOptions common)
    {
        var memory = new Argument<byte[]?>("MEMORY-HEX")
        {
            Description = "The memory, as hexadecimal bytes.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = OptionValues.Hexadecimal,
        };
        var program = new Option<byte[]?>("--program")
        {
            Description = "The program, instead of standard input.",
            HelpName = "HEX",
            CustomParser = OptionValues.Hexadecimal,
        };
        Option<string?> jit = OptionValues.Jit();
        var verb = new Verb(
            "exec",
            Summary,
            Detail,
            "echo 'b7 00 00 00 2a 00 00 00  95 00 00 00 00 00 00 00' | skep exec\tprints 2a",
            "skep exec 'aa bb' --program bf200000000000009500000000000000\tprints the length of the memory, 2",
            "echo 'b7 00 00 00 2a 00 00 00  95 00 00 00 00 00 00 00' | skep exec --jit x64\tthe same, compiled")
        {
            memory, program, jit,
        };
        verb.SetAction(result => ExecRunner.Run(new ExecArguments(
            result.GetValue(memory) ?? [], result.GetValue(program), result.GetValue(jit), common.PluginFolder(result))));
        return verb;
    }
}
