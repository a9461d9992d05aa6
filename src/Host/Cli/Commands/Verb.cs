using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Skep.Cli.Commands;

/// <summary>A verb or a noun whose help teaches: what it does, how it is written, more about it, and examples.</summary>
internal sealed class Verb : Command
{
    /// <param name="summary">One or two sentences; lists show them too.</param>
    /// <param name="detail">What a reader needs to know beyond that; empty for nothing.</param>
    /// <param name="examples">Whole command lines, each with what it does after a tab.</param>
    public Verb(string name, string summary, string detail = "", params string[] examples)
        : base(name, summary)
        => Options.Add(new HelpOption { Action = new TeachingHelp(detail, examples) });

    /// <summary>The parser's own help, then the details and the examples.</summary>
    private sealed class TeachingHelp(string detail, string[] examples) : SynchronousCommandLineAction
    {
        private readonly HelpAction _help = new();

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            _help.Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
            if (detail.Length > 0)
            {
                output.WriteLine($"Details:\n  {detail.ReplaceLineEndings("\n  ")}\n");
            }

            if (examples.Length > 0)
            {
                output.WriteLine("Examples:");
            }

            foreach (string example in examples)
            {
                string[] parts = example.Split('\t');
                output.WriteLine($"  {parts[0]}");
                output.WriteLine($"      {parts[^1]}");
            }

            return ExitCode.Success;
        }
    }
}
