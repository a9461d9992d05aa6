using System.Collections.Immutable;
using System.CommandLine;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Cli.Testing;
using Skep.Findings;
using Skep.Flow;
using Skep.Isa;
using Skep.Programs;
using Skep.Programs.Dump;

namespace Skep.Cli.Commands;

/// <summary><c>skep prog dump xlated</c>: the instructions as bpftool prints them, or the control-flow graph.</summary>
internal static class ProgDumpCommand
{
    private const string Opcodes = "opcodes";
    private const string LineNumbers = "linum";
    private const string Visual = "visual";

    private const string Summary = "Prints a program's instructions in bpftool's format: offset, opcode, what it does, and the C source it came from.";

    private const string Detail =
        """
        Words after the file add to it: opcodes (the bytes), linum (file, line and column), visual (the control-flow graph, for Graphviz,
        instead of the list). No plugin is needed, and the program need not be one that may run.
        """;

    public static Command Create(CommonOptions common)
    {
        var program = new Argument<string>("FILE[:NAME]") { Description = "An object, and the name of one of its programs; all of them without it." };
        var words = new Argument<string[]>("WORDS") { Description = "opcodes, linum, visual", HelpName = "opcodes|linum|visual", Arity = ArgumentArity.ZeroOrMore };
        words.AcceptOnlyFromAmong(Opcodes, LineNumbers, Visual);
        var plain = new Option<bool>("--plain") { Description = "Byte for byte what bpftool prints: without the characters beside constants." };
        var verb = new Verb(
            "xlated",
            Summary,
            Detail,
            "skep prog dump xlated samples/hello/hello.bpf.o\tthe classic",
            "skep prog dump xlated samples/counter/counter.bpf.o:count opcodes linum\twith bytes and places",
            "skep prog dump xlated samples/counter/counter.bpf.o visual | dot -Tsvg > count.svg\tas a picture")
        {
            program, words, plain,
        };
        verb.SetAction(result =>
        {
            using Terminal terminal = common.OpenTerminal(result);
            string[] chosen = result.GetValue(words) ?? [];
            var options = new DumpOptions { Plain = result.GetValue(plain), Opcodes = chosen.Contains(Opcodes), LineNumbers = chosen.Contains(LineNumbers) };
            var locator = ProgramLocator.Parse(result.GetRequiredValue(program));
            Result<ObjectSpec> spec = ObjectPrograms.Open(locator);
            if (!spec.IsSuccess)
            {
                return terminal.Fail(spec.Findings);
            }

            terminal.Warn(spec.Findings);
            ImmutableArray<ProgramDump> dumps =
            [
                .. spec.Value.Programs.Where(candidate => locator.Name is null || candidate.Name == locator.Name).Select(candidate => ProgramDump.Of(candidate, options)),
            ];
            Write(dumps, chosen.Contains(Visual), terminal);
            return ExitCode.Success;
        });
        return verb;
    }

    private static void Write(ImmutableArray<ProgramDump> dumps, bool asGraph, Terminal terminal)
    {
        if (terminal.IsJson)
        {
            WriteJson(dumps, asGraph, terminal);
            return;
        }

        foreach (ProgramDump dump in dumps)
        {
            if (asGraph)
            {
                dump.WriteGraph(terminal.Output, GraphOf(dump.Spec));
                continue;
            }

            if (dumps.Length > 1)
            {
                terminal.Output.Write($"{(dump == dumps[0] ? "" : "\n")}{dump.Spec.Section}  name {dump.Spec.Name}\n");
            }

            dump.WriteText(terminal.Output);
        }
    }

    /// <summary>One program's array as bpftool has it; several ones by name.</summary>
    private static void WriteJson(ImmutableArray<ProgramDump> dumps, bool asGraph, Terminal terminal) => terminal.WriteJson(json =>
    {
        if (dumps.Length == 1 && !asGraph)
        {
            dumps[0].WriteJson(json);
            return;
        }

        json.WriteStartArray();
        foreach (ProgramDump dump in dumps)
        {
            json.WriteStartObject();
            json.WriteString("name", dump.Spec.Name);
            if (asGraph)
            {
                using var graph = new StringWriter();
                dump.WriteGraph(graph, GraphOf(dump.Spec));
                json.WriteString("dot", graph.ToString());
            }
            else
            {
                json.WritePropertyName("insns");
                dump.WriteJson(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static ControlFlowGraph GraphOf(ProgramSpec spec)
        => ControlFlowGraph.Build(InstructionDecoder.Decode(spec.Instructions.AsSpan()), [.. spec.Functions.Select(function => new FunctionRange(function.Start, function.Length))]);
}
