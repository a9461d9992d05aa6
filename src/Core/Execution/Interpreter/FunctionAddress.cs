namespace Skep.Execution.Interpreter;

/// <summary>
/// What the interpreter has in a register for the address of a program's function: the function's first slot under a tag that no
/// address of user space has (bits 48 to 63 are neither all 0 nor all 1), so that it can never be taken for memory.
/// </summary>
internal static class FunctionAddress
{
    private const ulong Tag = 0xbf4e_0000_0000_0000;

    public static ulong Of(int slot) => Tag | (uint)slot;

    /// <summary>The slot, or -1 when the value is no function's address; whether a function starts there is for the caller to see.</summary>
    public static int SlotOf(ulong value) => (value ^ Tag) <= int.MaxValue ? (int)(value ^ Tag) : -1;
}
