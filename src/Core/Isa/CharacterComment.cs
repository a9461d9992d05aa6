namespace Skep.Isa;

/// <summary>
/// The characters of a constant that is text: compilers build strings on the stack from such numbers, and the comment
/// makes them readable in a dump.
/// </summary>
internal static class CharacterComment
{
    /// <summary>
    /// From the most to the least significant byte; null unless the constant is one to eight printable ASCII bytes
    /// (0x20 to 0x7e) with nothing but zeros above them. Only constants that are put somewhere count: arithmetic and
    /// comparisons are numbers more often than text.
    /// </summary>
    internal static string? For(in Instruction instruction)
    {
        OpcodeRow row = instruction.Row;
        bool isConstant = instruction.Operation == Operation.LoadImmediate64
            || row.Shape == InstructionShape.StoreImmediate
            || row.Shape == InstructionShape.AluImmediate && row.Alu == AluOperator.Move;
        if (!isConstant)
        {
            return null;
        }

        ulong value = (ulong)instruction.Immediate;
        Span<char> characters = stackalloc char[sizeof(ulong)];
        int start = characters.Length;
        for (; value != 0; value >>= 8)
        {
            if ((byte)value is < 0x20 or > 0x7e)
            {
                return null;
            }

            characters[--start] = (char)(byte)value;
        }

        return start == characters.Length ? null : characters[start..].ToString();
    }
}
