using System.Text.RegularExpressions;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>Programs from text, with maps and helpers by name.</summary>
public static partial class ProgramText
{
    private const int FunctionMark = 0x5eb_ca11;

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
        plain = FunctionAddress().Replace(plain, $"if $1 == {FunctionMark} goto $2\ngoto $2");
        AssemblerResult assembled = Assembler.Assemble(plain);
        Assert.True(assembled.Succeeded, string.Join('\n', assembled.Errors) + '\n' + plain);
        Instruction[] instructions = [.. assembled.Instructions];
        ResolveFunctions(instructions);
        return new ProgramSpec
        {
            Name = name,
            License = "GPL",
            Instructions = [.. InstructionEncoder.Encode(instructions)],
            References = [.. instructions.Select(ReferenceOf).OfType<Reference>()],
        };

        Reference? ReferenceOf(Instruction instruction, int slot) => instruction.Operation switch
        {
            Operation.LoadMapByDescriptor => new MapReference(new SlotIndex(slot), maps[instruction.LowImmediate]),
            Operation.LoadMapValueByDescriptor => new MapValueReference(new SlotIndex(slot), maps[instruction.LowImmediate], (uint)instruction.HighImmediate),
            Operation.CallNamed => new ExternReference(new SlotIndex(slot), functions[instruction.LowImmediate], ExternKind.NamedFunction, IsWeak: false),
            _ => null,
        };
    }

    /// <summary>The assembler knows labels in branches only: two branches stand where the address is to be loaded.</summary>
    private static void ResolveFunctions(Span<Instruction> instructions)
    {
        for (int slot = 0; slot < instructions.Length; slot++)
        {
            Instruction branch = instructions[slot];
            if (branch.Operation != Operation.Continuation && branch.Row.Shape == InstructionShape.JumpImmediate && branch.Immediate == FunctionMark)
            {
                instructions[slot] = new Instruction(Operation.LoadFunction, branch.Destination, 0, 0, branch.Offset);
                instructions[slot + 1] = new Instruction(Operation.Continuation, 0, 0, 0, 0);
            }
        }
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

    [GeneratedRegex(@"(r\d+) = func ([\w.$]+)")]
    private static partial Regex FunctionAddress();

    [GeneratedRegex(@"map\[(?!id:)([^\]]+)\]")]
    private static partial Regex MapName();

    // Not what the assembler has words for: pc+N, name#number, a register.
    [GeneratedRegex(@"call (?!pc|r\d+\b)([A-Za-z][\w./\-]*)(?![\w#+./\-])", RegexOptions.None)]
    private static partial Regex HelperName();
}
