using Skep.Isa;

namespace Skep.Testing;

/// <summary>
/// One instruction under test, and what is around it: every register that it does not need as a base is loaded from memory before, and stored to memory after, so that
/// what it should leave alone is seen as well as what it should change.
/// </summary>
/// <param name="Tested">The instruction; a branch jumps over one more, which notes that it was not taken.</param>
/// <param name="Base">The register that holds the memory's address: neither of the instruction's own, unless <paramref name="Address"/> is.</param>
/// <param name="Address">The register that is to hold an address, at <see cref="SnippetProgram.Middle"/> plus <paramref name="Cell"/>; null where the instruction touches no memory.</param>
/// <param name="Left">What the destination register holds before; null for the run's left value.</param>
/// <param name="Right">What the source register holds before; null for the run's right value.</param>
internal readonly record struct Snippet(Instruction Tested, byte Base, byte? Address = null, int Cell = 0, ulong? Left = null, ulong? Right = null)
{
    /// <summary>All but the frame pointer.</summary>
    public const int Registers = 10;

    /// <summary>A register that is none of these, another one for other snippets.</summary>
    public static byte FreeRegister(params ReadOnlySpan<byte> taken)
    {
        int start = 0;
        foreach (byte register in taken)
        {
            start += (register * 3) + 1;
        }

        byte candidate = (byte)(start % Registers);
        while (taken.Contains(candidate))
        {
            candidate = (byte)((candidate + 1) % Registers);
        }

        return candidate;
    }
}
