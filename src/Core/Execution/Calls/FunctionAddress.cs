namespace Skep.Execution.Calls;

/// <summary>
/// What every engine has in a register for the address of a program's function: the function's first slot in the lowered program under a tag that no
/// address of user space has (bits 48 to 63 are neither all 0 nor all 1), so that it can never be taken for memory.
/// </summary>
public static class FunctionAddress
{
    private const ulong Tag = 0xbf4e_0000_0000_0000;

    /// <summary>The value of a <see cref="Isa.Operation.LoadFunction"/> whose function starts at <paramref name="slot"/> of the lowered program.</summary>
    public static ulong Of(int slot) => Tag | (uint)slot;

    /// <summary>The slot, or -1 when the value is no function's address; whether a function starts there is for the caller to see.</summary>
    public static int SlotOf(ulong value) => (value ^ Tag) <= int.MaxValue ? (int)(value ^ Tag) : -1;
}
