using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Skep.Isa;
using Skep.Programs;
using Skep.TestPrograms.Corpus;

namespace Skep.TestPrograms.Generation;

/// <summary>A program of the generator, before anything is bound: maps and kfuncs are indices into <see cref="Maps"/> and <see cref="KernelFunctions"/>.</summary>
internal sealed record GeneratedProgram(string Type, CorpusFlags Flags, ImmutableArray<Instruction> Code)
{
    internal static readonly string[] Maps = ["array", "hash", "small", "data", "rodata", "hash16", "rdonly", "percpu_array", "ringbuf", "lru_hash", "wronly", "outer", "lock"];

    internal static readonly string[] KernelFunctions = ["bpf_iter_num_new", "bpf_iter_num_next", "bpf_iter_num_destroy"];

    private static readonly string[] Sections = ["=== generated", "expect: accept", "---"];

    /// <summary>What the corpus' sides take besides the code.</summary>
    public CorpusEntry Entry { get; } = new()
    {
        Family = "fuzz",
        Name = "generated",
        Place = "fuzz:1",
        Type = Type,
        Flags = Flags,
        Expected = [],
        KernelAccepts = true,
        Lines = [],
    };

    public CorpusProgram Assemble()
    {
        var references = ImmutableArray.CreateBuilder<Reference>();
        var starts = new SortedSet<int> { 0 };
        for (int i = 0; i < Code.Length; i++)
        {
            var slot = new SlotIndex(i);
            Instruction instruction = Code[i];
            switch (instruction.Operation)
            {
                case Operation.LoadMapByDescriptor:
                    references.Add(new MapReference(slot, Maps[instruction.LowImmediate % Maps.Length]));
                    break;
                case Operation.LoadMapValueByDescriptor:
                    references.Add(new MapValueReference(slot, Maps[instruction.LowImmediate % Maps.Length], (uint)instruction.HighImmediate));
                    break;
                case Operation.CallNamed:
                    references.Add(new ExternReference(slot, KernelFunctions[instruction.LowImmediate], ExternKind.NamedFunction, IsWeak: false));
                    break;
                case Operation.LoadFunction:
                    references.Add(new FunctionReference(slot, new SlotIndex(i + 1 + instruction.LowImmediate)));
                    starts.Add(i + 1 + instruction.LowImmediate);
                    break;
                case Operation.CallLocal:
                    starts.Add((int)instruction.TargetFrom(i));
                    break;
            }
        }

        int[] begins = [.. starts.Where(start => start >= 0 && start < Code.Length)];
        ImmutableArray<CorpusFunction> functions = begins.Length == 1
            ? []
            : [.. begins.Select((start, i) => new CorpusFunction(start, (i + 1 < begins.Length ? begins[i + 1] : Code.Length) - start, Signature(i)))];
        return new CorpusProgram([.. InstructionEncoder.Encode(Code.AsSpan())], references.ToImmutable(), functions);
    }

    /// <summary>The program as an entry of the corpus.</summary>
    public string ToText()
    {
        var labels = new HashSet<int>();
        for (int i = 0; i < Code.Length; i++)
        {
            if (Code[i].Row.IsBranch || Code[i].Operation == Operation.CallLocal)
            {
                labels.Add((int)Code[i].TargetFrom(i));
            }
            else if (Code[i].Operation == Operation.LoadFunction)
            {
                labels.Add(i + 1 + Code[i].LowImmediate);
            }
        }

        var text = new StringBuilder();
        text.AppendLine(Sections[0]).AppendLine(CultureInfo.InvariantCulture, $"type: {Type}");
        if (Flags != CorpusFlags.None)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"flags: {Flags.ToString().ToLowerInvariant().Replace(",", "", StringComparison.Ordinal)}");
        }

        text.AppendLine(Sections[1]).AppendLine(Sections[2]);
        for (int i = 0; i < Code.Length; i++)
        {
            if (labels.Contains(i))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"l{i}:");
            }

            if (Code[i].Operation != Operation.Continuation)
            {
                text.AppendLine(Line(Code[i], i));
            }
        }

        return text.ToString();
    }

    private static FunctionSignature Signature(int index)
        => index == 0 ? FunctionSignature.Parse("global int main(void *ctx)")! : FunctionSignature.Default($"f{index}");

    private static string Line(in Instruction instruction, int slot) => instruction.Operation switch
    {
        Operation.LoadMapByDescriptor => $"r{instruction.Destination} = map[{Maps[instruction.LowImmediate % Maps.Length]}]",
        Operation.LoadMapValueByDescriptor => $"r{instruction.Destination} = map[{Maps[instruction.LowImmediate % Maps.Length]}][0]+{instruction.HighImmediate}",
        Operation.CallNamed => $"call kfunc {KernelFunctions[instruction.LowImmediate]}",
        Operation.CallHelper => $"call {Kernel.KernelNames.Find(new HelperNumber(instruction.LowImmediate))}",
        Operation.CallLocal => $"call l{instruction.TargetFrom(slot)}",
        Operation.LoadFunction => $"r{instruction.Destination} = func l{slot + 1 + instruction.LowImmediate}",
        _ when instruction.Row.IsBranch => InstructionPrinter.Text(instruction, slot) is var text && text.LastIndexOf("pc", StringComparison.Ordinal) is >= 0 and int at
            ? $"{text[..at]}l{instruction.TargetFrom(slot)}" : InstructionPrinter.Text(instruction, slot),
        _ => InstructionPrinter.Text(instruction, slot),
    };
}
