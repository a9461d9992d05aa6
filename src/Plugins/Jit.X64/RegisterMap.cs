using Skep.Jit.X64.Encoding;
using static Skep.Jit.X64.Encoding.MachineRegister;

namespace Skep.Jit.X64;

/// <summary>
/// Where registers of the program live. R1 to R5 are where System V has the arguments behind the invocation, so that a helper call moves one register. R10 has none:
/// it is a constant distance from RSP.
/// </summary>
internal static class RegisterMap
{
    /// <summary>The invocation, in functions that need it and all that call them.</summary>
    internal const MachineRegister Invocation = R12;

    /// <summary>Scratch: an operand that has no register (an immediate, R10).</summary>
    internal const MachineRegister Operand = R11;

    /// <summary>Scratch of one instruction's expansion.</summary>
    internal const MachineRegister First = R10;

    /// <inheritdoc cref="First"/>
    internal const MachineRegister Second = Rdi;

    /// <param name="register">0 to 9.</param>
    internal static MachineRegister Of(int register) => Map[register];

    private static ReadOnlySpan<MachineRegister> Map => [Rax, Rsi, Rdx, Rcx, R8, R9, Rbx, R13, R14, R15];
}
