namespace Skep.Isa;

/// <summary>
/// What the printer cannot know from the instructions alone. Every member may return null, which gives the text that
/// the kernel prints without names. The assembler asks the same object which numbers are named functions.
/// </summary>
public interface IInstructionNames
{
    /// <summary>For example <c>bpf_trace_printk</c> for 6; null prints <c>unknown</c>.</summary>
    string? HelperName(int number) => null;

    /// <summary>The function that a call by BTF id means; null prints <c>kernel-function</c>.</summary>
    string? NamedFunctionName(int id) => null;

    /// <summary>The local function that begins at a slot, printed after <c>#</c>; null prints the displacement only.</summary>
    string? LocalFunctionName(int entrySlot) => null;

    /// <summary>
    /// The right side of a two-slot load, for example <c>map[id:12]</c>; null prints it from the immediate. The
    /// assembler reads it back only where it has the form that null would have given.
    /// </summary>
    string? WideOperand(in Instruction instruction) => null;
}
