using System.Globalization;
using System.Text;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Flow;

/// <summary>
/// Writes a control-flow graph in Graphviz' language, laid out as <c>bpftool prog dump xlated … visual</c> does: a cluster
/// a function, a record a block with its instructions, and an entry and an exit diamond.
/// </summary>
public sealed class DotWriter(TextWriter writer)
{
    private const string Edge = "[style=\"solid,bold\", color=black, weight=10, constraint=true];";

    /// <param name="instructions">What the graph was built of.</param>
    /// <param name="functionLabel">What stands in a cluster's frame.</param>
    /// <param name="instructionText">The line of the instruction that begins at a slot.</param>
    public void Write(
        ControlFlowGraph graph,
        ReadOnlySpan<Instruction> instructions,
        Func<FunctionIndex, string> functionLabel,
        Func<SlotIndex, string> instructionText)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(functionLabel);
        ArgumentNullException.ThrowIfNull(instructionText);
        writer.Write("digraph \"DOT graph for eBPF program\" {\n");
        for (int index = 0; index < graph.Functions.Length; index++)
        {
            WriteFunction(graph, new FunctionIndex(index), instructions, functionLabel(new FunctionIndex(index)), instructionText);
        }

        writer.Write("}\n");
    }

    private void WriteFunction(
        ControlFlowGraph graph, FunctionIndex function, ReadOnlySpan<Instruction> instructions, string label, Func<SlotIndex, string> instructionText)
    {
        int first = graph.Entry(function).Value;
        int count = 0;
        while (first + count < graph.Blocks.Length && graph.Blocks[first + count].Function == function)
        {
            count++;
        }

        Write($"subgraph \"cluster_{function.Value}\" {{\n\tstyle=\"dashed\";\n\tcolor=\"black\";\n\tlabel=\"{Escape(label)}\";\n");
        Write($"\tfn_{function.Value}_bb_0 [shape=Mdiamond,style=filled,label=\"ENTRY\"];\n\n");
        for (int i = 0; i < count; i++)
        {
            WriteBlock(function, i + 2, graph.Blocks[first + i], instructions, instructionText);
        }

        Write($"\tfn_{function.Value}_bb_1 [shape=Mdiamond,style=filled,label=\"EXIT\"];\n\n");
        WriteEdge(function, 0, 2);
        for (int i = 0; i < count; i++)
        {
            foreach (BlockIndex successor in graph.Successors(new BlockIndex(first + i)))
            {
                WriteEdge(function, i + 2, successor.Value - first + 2);
            }

            if (instructions[graph.Blocks[first + i].End.Value - 1].Row.IsExit)
            {
                WriteEdge(function, i + 2, 1);
            }
        }

        Write($"\tfn_{function.Value}_bb_0:s -> fn_{function.Value}_bb_1:n [style=\"invis\", constraint=true];\n}}\n");
    }

    private void WriteBlock(
        FunctionIndex function, int number, BasicBlock block, ReadOnlySpan<Instruction> instructions, Func<SlotIndex, string> instructionText)
    {
        Write($"\tfn_{function.Value}_bb_{number} [shape=record,style=filled,label=\"{{");
        for (int slot = block.Start.Value; slot < block.End.Value; slot += instructions[slot].Row.Slots)
        {
            writer.Write(slot == block.Start.Value ? "" : " | ");
            writer.Write(Escape(instructionText(new SlotIndex(slot))));
            writer.Write("\\l\\\n");
        }

        writer.Write("}\"];\n\n");
    }

    private void WriteEdge(FunctionIndex function, int from, int to) =>
        Write($"\tfn_{function.Value}_bb_{from}:s -> fn_{function.Value}_bb_{to}:n {Edge}\n");

    private void Write(FormattableString text) => writer.Write(text.ToString(CultureInfo.InvariantCulture));

    // A record label is itself a small language; bpftool escapes the first four only, because its texts have no others.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            _ = character is '<' or '>' or '|' or '&' or '{' or '}' or '"' or '\\' ? escaped.Append('\\') : escaped;
            escaped.Append(character);
        }

        return escaped.ToString();
    }
}
