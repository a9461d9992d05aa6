using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Skep.Cli.Commands;

/// <summary>A verb or a noun with examples in its help.</summary>
internal sealed class Verb : Command
{
    /// <param name="description">What it does, and whatever a reader needs to know before the options.</param>
    /// <param name="examples">Whole command lines, each with what it does after a tab.</param>
    public Verb(string name, string description, params string[] examples)
        : base(name, description)
        => Options.Add(new HelpOption { Action = new HelpWithExamples(examples) });

    /// <summary>The parser's own help, then the examples.</summary>
    private sealed class HelpWithExamples(string[] examples) : SynchronousCommandLineAction
    {
        private readonly HelpAction _help = new();

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            _help.Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
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
