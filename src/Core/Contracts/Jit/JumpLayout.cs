namespace Skep.Contracts;

/// <summary>
/// How machine code makes a tail call (<see cref="HelperIntrinsic.TailCall"/>) by itself: offsets in bytes, part of the contract between back ends and the core. The table's address is
/// read once a call, from the cell; it and the element's are read with acquire semantics. The jump is taken where the index is in the table, the target's type is the invocation's
/// (<see cref="InvocationLayout.JumpType"/>), the target needs no more context than the run has (<see cref="InvocationLayout.ContextBytes"/>) and the run has tail calls left
/// (<see cref="InvocationLayout.TailCalls"/>). It counts the call, writes the target's engine and program to the invocation, and enters as C does, with the invocation, R1
/// from <see cref="InvocationLayout.Context"/>, and the caller's frame gone. In every other case the code calls the helper. Only the main function may do so.
/// </summary>
public static class JumpLayout
{
    /// <summary>In what a map's handle points at: 8 bytes, the address of the cell with the table's address.</summary>
    public const int Cell = 8;

    /// <summary>In the table: 4 bytes, the number of elements.</summary>
    public const int Count = 0;

    /// <summary>In the table: the elements, each the address of a target, never 0.</summary>
    public const int Elements = 8;

    /// <summary>In the target: 4 bytes, what <see cref="InvocationLayout.JumpType"/> must be.</summary>
    public const int Type = 0;

    /// <summary>In the target: 8 bytes, the context that it needs, in bytes.</summary>
    public const int ContextBytes = 8;

    /// <summary>In the target: 8 bytes, the C entry of its main function.</summary>
    public const int Entry = 16;

    /// <summary>In the target: 8 bytes for <see cref="InvocationLayout.Engine"/>.</summary>
    public const int Engine = 24;

    /// <summary>In the target: 8 bytes for <see cref="InvocationLayout.Program"/>.</summary>
    public const int Program = 32;
}
