using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Skep.Cli.Output;

namespace Skep.Cli.Commands;

/// <summary>The whole command line: every noun and verb.</summary>
internal static class SkepCommand
{
    public static int Run(string[] arguments)
    {
        // @FILE is data to `prog run`, not more arguments.
        ParseResult result = Create().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // Verbs handle signals and the end of their output themselves.
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return result.Action is ParseErrorAction ? ExplainUsage(result) : result.Invoke(invocation);
        }
        catch (OutputClosedException)
        {
            return ExitCode.Success;
        }
    }

    private static RootCommand Create()
    {
        var common = new CommonOptions();
        var root = new RootCommand(
            """
            Runs eBPF programs in user space, and shows what is inside them.

            Exit codes: 0 success, 1 a failed action (standard error says why), 2 wrong usage.
            """)
        {
            RunCommand.Create(common),
            ProgCommand.Create(common),
            BenchCommand.Create(common),
            ExecCommand.Create(common),
            PluginCommand.Create(common),
            AttachCommand.Create(common),
            FeatureCommand.Create(common),
        };
        common.AddTo(root);
        return root;
    }

    /// <summary>The parser's own words, then where to read on.</summary>
    private static int ExplainUsage(ParseResult result)
    {
        foreach (ParseError error in result.Errors)
        {
            Console.Error.WriteLine(error.Message);
        }

        Console.Error.WriteLine($"Try `{PathOf(result.CommandResult.Command)} --help`.");
        return ExitCode.Usage;
    }

    private static string PathOf(Command command)
    {
        string path = command is RootCommand ? "" : command.Name;
        for (Symbol? parent = command.Parents.FirstOrDefault(); parent is not null and not RootCommand; parent = parent.Parents.FirstOrDefault())
        {
            path = $"{parent.Name} {path}";
        }

        return $"skep {path}".TrimEnd();
    }
}
