using System.Runtime.CompilerServices;
using Skep.Cli.Commands;
using Skep.Cli.Exec;

namespace Skep.Cli;

/// <summary>The <c>skep</c> command. Exit codes: 0, 1 for a failed action, 2 for wrong usage.</summary>
internal static class Program
{
    /// <summary>
    /// <c>skep exec</c> is started once for each program of a test suite, so its few arguments are read by hand; whatever they are not (help, a
    /// mistake, another verb) goes to the parser that can explain it.
    /// </summary>
    private static int Main(string[] arguments)
        => ExecArguments.TryRead(arguments, out ExecArguments? exec) ? ExecRunner.Run(exec) : RunVerb(arguments);

    // Apart, so that exec does not load the parser's assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RunVerb(string[] arguments) => SkepCommand.Run(arguments);
}
