using System.Collections.Immutable;
using System.Globalization;

namespace Skep.Isa;

/// <summary>Why a slot is no instruction.</summary>
public enum DecodeProblemKind : byte
{
    /// <summary>No operation has this opcode byte.</summary>
    UnknownOpcode,

    /// <summary>A register field is above 10.</summary>
    RegisterOutOfRange,

    /// <summary>A field that the operation does not use is not 0, or one that selects the operation has no known value.</summary>
    ReservedField,

    /// <summary>A 64-bit immediate in the last slot.</summary>
    TruncatedWideImmediate,

    /// <summary>The slot after a 64-bit immediate has more than an immediate in it.</summary>
    MalformedWideImmediate,
}

/// <summary>The first thing that is wrong with a slot.</summary>
/// <param name="Slot">Index of the slot that was asked about, also where <paramref name="Field"/> is in the next one.</param>
/// <param name="Actual">Value of the field; for <see cref="DecodeProblemKind.TruncatedWideImmediate"/> the slots that are left (1).</param>
/// <param name="Expected">Every legal value, ascending; empty for an unknown opcode.</param>
public sealed record DecodeProblem(
    DecodeProblemKind Kind, int Slot, InstructionField Field, long Actual, ImmutableArray<int> Expected)
{
    /// <summary>What is wrong, actual and expected, without the place.</summary>
    public string Message => Kind switch
    {
        DecodeProblemKind.UnknownOpcode => string.Create(CultureInfo.InvariantCulture, $"opcode 0x{Actual:x2} is unknown"),
        DecodeProblemKind.RegisterOutOfRange =>
            string.Create(CultureInfo.InvariantCulture, $"{Name(Field)} is r{Actual}, expected r0 to r{Registers.Count - 1}"),
        DecodeProblemKind.TruncatedWideImmediate => "64-bit immediate has 1 slot, expected 2",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Name(Field)} is {Actual}, expected {List(Expected)}"),
    };

    private static string Name(InstructionField field) => field switch
    {
        InstructionField.Opcode => "opcode",
        InstructionField.Destination => "destination register",
        InstructionField.Source => "source register",
        InstructionField.Offset => "offset",
        InstructionField.Immediate => "immediate",
        InstructionField.NextOpcode => "opcode of the second slot",
        InstructionField.NextDestination => "destination register of the second slot",
        InstructionField.NextSource => "source register of the second slot",
        InstructionField.NextOffset => "offset of the second slot",
        _ => "immediate of the second slot",
    };

    private static string List(ImmutableArray<int> values) => values.Length <= 1
        ? string.Join("", values)
        : string.Join(", ", values[..^1]) + " or " + values[^1].ToString(CultureInfo.InvariantCulture);
}
