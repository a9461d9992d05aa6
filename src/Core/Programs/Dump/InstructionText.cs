using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Isa;
using Skep.Kernel;

namespace Skep.Programs.Dump;

/// <summary>
/// The text of a program's instructions with the names that the program and its bindings give: helpers, maps, functions.
/// Not thread-safe.
/// </summary>
internal sealed class InstructionText : IInstructionNames
{
    private readonly FrozenDictionary<int, Reference> _references;
    private readonly FrozenDictionary<int, string> _functions;
    private readonly LinkedProgram? _linked;
    private readonly PrinterOptions _full;
    private readonly PrinterOptions _plain;
    private int _slot;
    private bool _isPlain;

    internal InstructionText(ProgramSpec spec)
        : this(spec, InstructionDecoder.Decode(spec.Instructions.AsSpan()), null)
    {
    }

    internal InstructionText(LinkedProgram linked)
        : this(linked.Spec, linked.Instructions, linked)
    {
    }

    private InstructionText(ProgramSpec spec, ImmutableArray<Instruction> instructions, LinkedProgram? linked)
    {
        Instructions = instructions;
        _linked = linked;
        _references = spec.References.DistinctBy(reference => reference.Slot).ToFrozenDictionary(reference => reference.Slot.Value);
        _functions = spec.Functions.DistinctBy(function => function.Start).ToFrozenDictionary(function => function.Start.Value, function => function.Name);
        _full = new PrinterOptions(Plain: false, Names: this);
        _plain = new PrinterOptions(Plain: true, Names: this);
    }

    internal ImmutableArray<Instruction> Instructions { get; }

    /// <summary>Slot, opcode and text: <c>   0: (b7) r1 = 33</c>.</summary>
    internal string Line(int slot, bool isPlain)
    {
        _slot = slot;
        _isPlain = isPlain;
        return InstructionPrinter.Line(Shown(slot), slot, isPlain ? _plain : _full);
    }

    /// <summary>The instruction as it is shown: a bound map has its id where the object has nothing, as in the kernel.</summary>
    internal Instruction Shown(int slot)
    {
        Instruction instruction = Instructions[slot];
        if (_linked is null || instruction.Row.Shape != InstructionShape.LoadWide || !_linked.Maps.TryGetValue(slot, out MapBinding? binding))
        {
            return instruction;
        }

        Operation operation = binding.ValueOffset is null ? Operation.LoadMapByDescriptor : Operation.LoadMapValueByDescriptor;
        return instruction with { Operation = operation, Immediate = (long)(binding.ValueOffset ?? 0) << 32 | binding.Map.Id.Value };
    }

    string? IInstructionNames.HelperName(int number) =>
        _linked is not null && _linked.Helpers.TryGetValue(_slot, out Runtime.HelperBinding? helper) ? helper.Descriptor.Name
        : _references.GetValueOrDefault(_slot) is ExternReference named ? named.Name
        : KernelNames.Find(new HelperNumber(number));

    string? IInstructionNames.NamedFunctionName(int id) =>
        _references.GetValueOrDefault(_slot) is ExternReference named ? named.Name : null;

    string? IInstructionNames.LocalFunctionName(int entrySlot) => _isPlain ? null : _functions.GetValueOrDefault(entrySlot);

    string? IInstructionNames.WideOperand(in Instruction instruction)
    {
        if (_linked?.Maps.ContainsKey(_slot) == true)
        {
            return null;
        }

        return _references.GetValueOrDefault(_slot) switch
        {
            MapReference map => $"map[name:{map.MapName}]",
            MapValueReference value => $"map[name:{value.MapName}][0]+{value.Offset}",
            FunctionReference function when !_isPlain && _functions.TryGetValue(function.Target.Value, out string? name) => $"subprog[{name}]",
            ExternReference named => $"extern[{named.Name}]",
            _ => null,
        };
    }
}
