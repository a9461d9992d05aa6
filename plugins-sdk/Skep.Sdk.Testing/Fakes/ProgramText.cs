using System.Text.RegularExpressions;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>Programs from text, with maps and helpers by name.</summary>
public static partial class ProgramText
{
    /// <summary>Fails the test where the text has errors.</summary>
    /// <param name="registry">Where helpers are looked up.</param>
    public static ProgramSpec Parse(string text, Registry registry, string name = "test")
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(registry);
        var maps = new List<string>();
        var functions = new List<string>();
        string plain = MapName().Replace(text, match => $"map[id:{Index(maps, match.Groups[1].Value)}]");
        plain = HelperName().Replace(plain, match =>
        {
            string helper = match.Groups[1].Value;
            HelperBinding? binding = registry.Helpers.FirstOrDefault(binding => binding.Descriptor.Name == helper);
            Assert.True(binding is not null, $"There is no helper {helper}; there are {string.Join(", ", registry.Helpers.Select(known => known.Descriptor.Name))}.");
            return binding.Descriptor.Number is { } number ? $"call {helper}#{number.Value}" : $"call kernel-function#{Index(functions, binding.Descriptor.CIdentifier)}";
        });
        AssemblerResult assembled = Assembler.Assemble(plain);
        Assert.True(assembled.Succeeded, string.Join('\n', assembled.Errors) + '\n' + plain);
        return new ProgramSpec
        {
            Name = name,
            License = "GPL",
            Instructions = [.. InstructionEncoder.Encode(assembled.Instructions.AsSpan())],
            References = [.. assembled.Instructions.Select(ReferenceOf).OfType<Reference>()],
        };

        Reference? ReferenceOf(Instruction instruction, int slot) => instruction.Operation switch
        {
            Operation.LoadMapByDescriptor => new MapReference(new SlotIndex(slot), maps[instruction.LowImmediate]),
            Operation.LoadMapValueByDescriptor => new MapValueReference(new SlotIndex(slot), maps[instruction.LowImmediate], (uint)instruction.HighImmediate),
            Operation.CallNamed => new ExternReference(new SlotIndex(slot), functions[instruction.LowImmediate], ExternKind.NamedFunction, IsWeak: false),
            Operation.LoadFunction => new FunctionReference(new SlotIndex(slot), new SlotIndex(slot + 1 + instruction.LowImmediate)),
            _ => null,
        };
    }

    private static int Index(List<string> names, string name)
    {
        int index = names.IndexOf(name);
        if (index < 0)
        {
            index = names.Count;
            names.Add(name);
        }

        return index;
    }

    [GeneratedRegex(@"map\[(?!id:)([^\]]+)\]")]
    private static partial Regex MapName();

    // Not what the assembler has words for: pc+N, name#number, a register.
    [GeneratedRegex(@"call (?!pc|r\d+\b)([A-Za-z][\w./\-]*)(?![\w#+./\-])", RegexOptions.None)]
    private static partial Regex HelperName();
}
