using Skep.Jit.Analysis;
using Skep.Jit.Arm64.Encoding;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64;

/// <summary>
/// Where registers of the program live. R0 and R1 to R5 are where the procedure call standard has the result and the arguments behind the invocation, so that a helper call
/// moves one register. R10 has none: it is a constant distance from the stack pointer. R6 to R9 are in registers that calls preserve, unless the function calls nothing:
/// then they are in others, which nobody saves.
/// </summary>
internal static class RegisterMap
{
    /// <summary>Scratch of one instruction's expansion: addresses, constants.</summary>
    internal const MachineRegister First = X16;

    /// <inheritdoc cref="First"/>
    internal const MachineRegister Second = X17;

    /// <inheritdoc cref="First"/>
    internal const MachineRegister Third = X9;

    /// <inheritdoc cref="First"/>
    internal const MachineRegister Fourth = X15;

    /// <summary>Holds the key while a constant is blinded.</summary>
    internal const MachineRegister Key = X14;

    /// <summary>The invocation between functions of a program, and in those that call something.</summary>
    internal const MachineRegister Invocation = X19;

    /// <summary>The invocation in a function that C calls and that calls nothing.</summary>
    internal const MachineRegister LeafInvocation = X8;

    /// <summary>It calls nothing.</summary>
    internal static bool IsLeaf(FunctionSummary function) => !function.CallsHelpers && !function.CallsFunctions;

    /// <summary>By register of the program, 0 to 9.</summary>
    internal static ReadOnlySpan<MachineRegister> For(bool isLeaf) => isLeaf ? Leaf : Calling;

    private static ReadOnlySpan<MachineRegister> Calling => [X0, X1, X2, X3, X4, X5, X20, X21, X22, X23];

    private static ReadOnlySpan<MachineRegister> Leaf => [X0, X1, X2, X3, X4, X5, X10, X11, X12, X13];
}
