using System.Collections.Immutable;
using Skep.Btf;
using Skep.Isa;
using Skep.Programs;

namespace Skep.TestPrograms.Corpus;

/// <summary>A function of an entry's program.</summary>
/// <param name="Start">Its first slot.</param>
public sealed record CorpusFunction(int Start, int Length, FunctionSignature Signature);

/// <summary>An entry's program, assembled, before either side binds its names.</summary>
/// <param name="Slots">Raw; what <see cref="References"/> name is still to be put in.</param>
/// <param name="References">Maps, kfuncs and function addresses, by slot.</param>
/// <param name="Functions">Main first; empty where main is the only one, and then nothing is said of its type.</param>
public sealed record CorpusProgram(
    ImmutableArray<RawInstruction> Slots, ImmutableArray<Reference> References, ImmutableArray<CorpusFunction> Functions)
{
    private static readonly FunctionSignature Main = FunctionSignature.Parse("global int main(void *ctx)")!;

    /// <exception cref="FormatException">The text is wrong; the message begins with file and line.</exception>
    public static CorpusProgram Assemble(CorpusEntry entry)
    {
        CorpusText text = CorpusText.Translate(entry);
        ImmutableArray<Instruction> code = text.Assemble(out ImmutableDictionary<string, int> labels);
        var references = ImmutableArray.CreateBuilder<Reference>();
        Instruction[] bound = [.. code];
        for (int i = 0; i < code.Length; i++)
        {
            var slot = new SlotIndex(i);
            int number = code[i].LowImmediate;
            switch (code[i].Operation)
            {
                case Operation.LoadMapByDescriptor when number < text.MapNames.Count:
                    references.Add(new MapReference(slot, text.MapNames[number]));
                    break;
                case Operation.LoadMapValueByDescriptor when number < text.MapNames.Count:
                    references.Add(new MapValueReference(slot, text.MapNames[number], (uint)code[i].HighImmediate));
                    break;
                case Operation.CallNamed when number < text.KernelFunctionNames.Count:
                    references.Add(new ExternReference(slot, text.KernelFunctionNames[number], ExternKind.NamedFunction, IsWeak: false));
                    break;
                case Operation.LoadFunction when number >= 0 && number < text.FunctionNames.Count:
                    string label = text.FunctionNames[number];
                    int target = labels.TryGetValue(label, out int known) ? known : throw new FormatException($"{entry.Place}: the label '{label}' is not defined");
                    references.Add(new FunctionReference(slot, new SlotIndex(target)));
                    bound[i] = code[i] with { Immediate = (uint)(target - i - 1) };
                    break;
            }
        }

        return new CorpusProgram(
            [.. InstructionEncoder.Encode(bound)], references.ToImmutable(), FindFunctions(entry, code, references, labels));
    }

    /// <summary>As an object file would have it.</summary>
    internal ProgramSpec ToSpec(CorpusEntry entry)
    {
        BtfTypeId[] types = [];
        BtfGraph? graph = Functions.IsEmpty ? null : FunctionTypes.Build(this, out types);
        return new ProgramSpec
        {
            Name = "main",
            ObjectName = entry.Family,
            Section = entry.Type,
            License = entry.License,
            Instructions = Slots,
            References = References,
            Btf = graph,
            Functions =
            [
                .. Functions.Zip(types, (function, type) => new FunctionSpec(
                    function.Signature.Name, new SlotIndex(function.Start), function.Length, function.Signature.Linkage, type)),
            ],
        };
    }

    // As the kernel does it: what is called, or has its address taken, begins a function.
    private static ImmutableArray<CorpusFunction> FindFunctions(
        CorpusEntry entry, ImmutableArray<Instruction> code, IEnumerable<Reference> references, ImmutableDictionary<string, int> labels)
    {
        IEnumerable<long> called = code.Index()
            .Where(place => place.Item.Operation == Operation.CallLocal)
            .Select(place => place.Item.TargetFrom(place.Index));
        IEnumerable<long> addressed = references.OfType<FunctionReference>().Select(reference => (long)reference.Target.Value);
        int[] starts =
        [
            .. called.Concat(addressed).Append(0)
                .Where(start => start >= 0 && start < code.Length && code[(int)start].Operation != Operation.Continuation)
                .Distinct().Order().Select(start => (int)start),
        ];
        foreach (FunctionSignature signature in entry.Functions)
        {
            if (signature.Name != Main.Name && !(labels.TryGetValue(signature.Name, out int start) && starts.Contains(start)))
            {
                throw new FormatException($"{entry.Place}: 'func: … {signature.Name}' names no label that is called");
            }
        }

        if (starts.Length == 1 && entry.Functions.IsEmpty)
        {
            return [];
        }

        Dictionary<int, string> names = labels
            .Where(label => label.Key.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'))
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .DistinctBy(label => label.Value)
            .ToDictionary(label => label.Value, label => label.Key);
        return
        [
            .. starts.Select((start, i) => new CorpusFunction(
                start, (i + 1 < starts.Length ? starts[i + 1] : code.Length) - start, SignatureOf(start))),
        ];

        FunctionSignature SignatureOf(int start)
        {
            FunctionSignature? given = entry.Functions.FirstOrDefault(signature =>
                start == 0 ? signature.Name == Main.Name : labels.TryGetValue(signature.Name, out int at) && at == start);
            return given ?? (start == 0 ? Main : FunctionSignature.Default(names.GetValueOrDefault(start) ?? $"function_{start}"));
        }
    }
}
