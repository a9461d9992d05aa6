namespace Skep.Jit.X64.Encoding;

/// <summary>The general registers, numbered as instructions do (AMD64 Architecture Programmer's Manual, volume 3, section 1.2.7).</summary>
internal enum MachineRegister : byte
{
    Rax,
    Rcx,
    Rdx,
    Rbx,
    Rsp,
    Rbp,
    Rsi,
    Rdi,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,

    /// <summary>No register.</summary>
    None = 255,
}

/// <summary>Bytes of an operand.</summary>
internal enum Width : byte
{
    Byte = 1,
    Word = 2,
    Double = 4,
    Quad = 8,
}

/// <summary>The conditions of jumps, moves and sets, numbered as instructions do; flipping bit 0 negates.</summary>
internal enum Condition : byte
{
    Overflow,
    NoOverflow,
    Below,
    AboveOrEqual,
    Equal,
    NotEqual,
    BelowOrEqual,
    Above,
    Sign,
    NoSign,
    Parity,
    NoParity,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Greater,
}

/// <summary>A place in memory: <c>[base + index * 2^shift + displacement]</c>.</summary>
/// <param name="Base"><see cref="MachineRegister.None"/> only with an index.</param>
/// <param name="Index">Not <see cref="MachineRegister.Rsp"/>.</param>
/// <param name="Shift">0 to 3.</param>
internal readonly record struct MemoryOperand(MachineRegister Base, int Displacement = 0, MachineRegister Index = MachineRegister.None, byte Shift = 0);
