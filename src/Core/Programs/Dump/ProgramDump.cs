using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Skep.Btf.Formatting;
using Skep.Flow;
using Skep.Isa;

namespace Skep.Programs.Dump;

/// <summary>
/// What <c>skep prog dump xlated</c> shows of a program, as data: text, JSON and graph are written from the same entries.
/// The bytecode is that of the object; Linux shows the bytecode after its own fix-ups, which Skep keeps apart.
/// </summary>
public sealed class ProgramDump
{
    private readonly InstructionText _text;

    private ProgramDump(ProgramSpec spec, InstructionText text, DumpOptions options)
    {
        Spec = spec;
        Options = options;
        _text = text;
        Entries = Describe();
    }

    public ProgramSpec Spec { get; }

    public DumpOptions Options { get; }

    /// <summary>One an instruction, in the order of the slots.</summary>
    public ImmutableArray<DumpEntry> Entries { get; }

    /// <summary>A program as its object has it: maps by name, helpers as Linux calls them.</summary>
    public static ProgramDump Of(ProgramSpec spec, DumpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new ProgramDump(spec, new InstructionText(spec), options ?? DumpOptions.Default);
    }

    /// <summary>A program as it is bound: maps by id, helpers as their plugins call them.</summary>
    public static ProgramDump OfLinked(LinkedProgram program, DumpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        return new ProgramDump(program.Spec, new InstructionText(program), options ?? DumpOptions.Default);
    }

    /// <summary>As <c>bpftool prog dump xlated</c>; lines end with '\n'.</summary>
    public void WriteText(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (DumpEntry entry in Entries)
        {
            if (entry.Prototype is not null)
            {
                writer.Write(entry.Prototype + ":\n");
            }

            if (entry.Source is not null)
            {
                writer.Write(SourceText(entry.Source) + "\n");
            }

            writer.Write(entry.Text + "\n");
            if (Options.Opcodes)
            {
                writer.Write(InstructionPrinter.OpcodeLine(entry.Instruction) + "\n");
            }
        }
    }

    /// <summary>As <c>bpftool --json prog dump xlated</c>: an array with an object an instruction.</summary>
    public void WriteJson(System.Text.Json.Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        new DumpJsonWriter(writer, Options).Write(Entries);
    }

    /// <summary>As <c>bpftool prog dump xlated … visual</c>. Slots are counted from the program's start; with <see cref="DumpOptions.Plain"/> from each function's, as bpftool does.</summary>
    /// <param name="graph">The graph of the same instructions.</param>
    public void WriteGraph(TextWriter writer, ControlFlowGraph graph)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(graph);
        FrozenDictionary<int, DumpEntry> bySlot = Entries.ToFrozenDictionary(entry => entry.Slot.Value);
        new DotWriter(writer).Write(graph, _text.Instructions.AsSpan(), Label, Line);

        string Label(FunctionIndex function) => Options.Plain || function.Value >= Spec.Functions.Length
            ? string.Create(CultureInfo.InvariantCulture, $"func_{function.Value} ()")
            : Spec.Functions[function.Value].Name;

        string Line(SlotIndex slot)
        {
            DumpEntry entry = bySlot[slot.Value];
            int start = graph.Functions[graph[graph.BlockAt(slot)].Function.Value].Start.Value;
            return Options.Plain ? string.Create(CultureInfo.InvariantCulture, $"{slot.Value - start,4}: {entry.Disassembly}") : entry.Text;
        }
    }

    private ImmutableArray<DumpEntry> Describe()
    {
        FrozenDictionary<int, FunctionSpec> functions = Spec.Functions.DistinctBy(function => function.Start).ToFrozenDictionary(function => function.Start.Value);
        FrozenDictionary<int, SourceLine> lines = Spec.Lines.DistinctBy(line => line.Slot).ToFrozenDictionary(line => line.Slot.Value, line => line.Source);
        var entries = ImmutableArray.CreateBuilder<DumpEntry>(_text.Instructions.Length);
        for (int slot = 0; slot < _text.Instructions.Length; slot += _text.Instructions[slot].Row.Slots)
        {
            Instruction shown = _text.Shown(slot);
            string plain = _text.Line(slot, isPlain: true);
            entries.Add(new DumpEntry(
                new SlotIndex(slot),
                shown,
                functions.TryGetValue(slot, out FunctionSpec? function) && PrototypeOf(function) is { } prototype ? Printable(prototype) : null,
                lines.TryGetValue(slot, out SourceLine? source) ? source with { Text = Printable(source.Text.TrimStart()), File = Printable(source.File) } : null,
                Options.Plain ? plain : _text.Line(slot, isPlain: false),
                plain[(plain.IndexOf(':', StringComparison.Ordinal) + 2)..],
                BytesOf(shown)));
        }

        return entries.ToImmutable();
    }

    private string? PrototypeOf(FunctionSpec function)
    {
        if (Options.Prototype is { } given)
        {
            return given(function);
        }

        return Spec.Btf is { } types && function.Type is { } type ? BtfCWriter.FunctionPrototype(types, type) : null;
    }

    private string SourceText(SourceLine source)
    {
        if (Options.LineNumbers)
        {
            return string.Create(CultureInfo.InvariantCulture, $"; {source.Text} [file:{source.File} line_num:{source.Line} line_col:{source.Column}]");
        }

        string text = "; " + source.Text;
        return Options.Plain ? text : text.TrimEnd();
    }

    private static ImmutableArray<byte> BytesOf(in Instruction instruction)
    {
        byte[] bytes = new byte[instruction.Row.Slots * RawInstruction.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, InstructionEncoder.EncodeFirst(instruction).Bits);
        if (instruction.Row.Slots == 2)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(RawInstruction.Size), InstructionEncoder.EncodeSecond(instruction).Bits);
        }

        return [.. bytes];
    }

    // Names and source lines come from a file of unknown origin and go to a terminal.
    private static string Printable(string text) => text.Any(IsControl)
        ? string.Concat(text.Select(character => IsControl(character) ? '?' : character))
        : text;

    private static bool IsControl(char character) => char.IsControl(character) && character != '\t';
}
