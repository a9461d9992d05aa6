using System.CommandLine;

namespace Skep.Cli.Commands;

/// <summary><c>skep prog</c>: what is inside a program, whether it may run, and what it returns.</summary>
internal static class ProgCommand
{
    public static Command Create(CommonOptions common) => new Verb("prog", "Shows and tests single programs.")
    {
        new Verb("dump", "Prints a program's instructions, or the code that they become.")
        {
            ProgDumpCommand.Create(common),
            ProgDumpJitedCommand.Create(common),
        },
        ProgVerifyCommand.Create(common),
        ProgRunCommand.Create(common),
    };
}
