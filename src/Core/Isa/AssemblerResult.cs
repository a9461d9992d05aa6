using System.Collections.Immutable;

namespace Skep.Isa;

public enum AssemblerErrorKind : byte
{
    /// <summary>No instruction has this form.</summary>
    UnknownForm,

    /// <summary>A number or a register is outside what its field can hold.</summary>
    OutOfRange,

    /// <summary>The text is an instruction, but not of the opcode that is written before it.</summary>
    OpcodeMismatch,

    UndefinedLabel,
    DuplicateLabel,
}

/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, where the text stops to make sense.</param>
/// <param name="Message">What is wrong and what was expected, without the place.</param>
public sealed record AssemblerError(AssemblerErrorKind Kind, int Line, int Column, string Message)
{
    public override string ToString() => $"{Line}:{Column}: {Message}";
}

/// <param name="Instructions">Empty where there are errors.</param>
/// <param name="Errors">At most one a line, in the order of the lines.</param>
public sealed record AssemblerResult(ImmutableArray<Instruction> Instructions, ImmutableArray<AssemblerError> Errors)
{
    public bool Succeeded => Errors.IsEmpty;
}
