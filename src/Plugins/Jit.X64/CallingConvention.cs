using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Jit.X64.Encoding;
using static Skep.Jit.X64.Encoding.MachineRegister;

namespace Skep.Jit.X64;

/// <summary>How C functions of a system are called (System V ABI, AMD64 supplement, section 3.2; Microsoft, "x64 calling convention").</summary>
/// <param name="ArgumentRegisters">In order; further arguments are on the stack, 8 bytes each.</param>
/// <param name="ShadowBytes">Space that the caller leaves below the arguments on the stack, for the callee's use.</param>
/// <param name="Preserved">Registers that a function gives back unchanged, of those that compiled code may use.</param>
internal sealed record CallingConvention(ImmutableArray<MachineRegister> ArgumentRegisters, int ShadowBytes, ImmutableArray<MachineRegister> Preserved)
{
    /// <summary>Arguments of compiled code and of helpers: the invocation and R1 to R5.</summary>
    internal const int ArgumentCount = 6;

    internal static CallingConvention SystemV { get; } = new([Rdi, Rsi, Rdx, Rcx, R8, R9], 0, [Rbx, R12, R13, R14, R15]);

    internal static CallingConvention Windows { get; } = new([Rcx, Rdx, R8, R9], 32, [Rbx, Rsi, Rdi, R12, R13, R14, R15]);

    /// <summary>What a caller keeps free at the bottom of its frame.</summary>
    internal int OutgoingBytes => ShadowBytes + 8 * (ArgumentCount - ArgumentRegisters.Length);

    internal static CallingConvention Of(JitSystem system) => system == JitSystem.Windows ? Windows : SystemV;

    /// <summary>The distance of an argument on the stack from RSP at the call instruction.</summary>
    internal int StackOffset(int argument) => ShadowBytes + 8 * (argument - ArgumentRegisters.Length);
}
