using System.Globalization;

namespace Skep.Isa;

/// <summary>The eleven 64-bit registers and their role in a call (Documentation/bpf/standardization/abi.rst of the kernel).</summary>
public enum Register : byte
{
    /// <summary>Result of calls and of the program.</summary>
    R0,

    /// <summary>First argument; holds the context when a program starts.</summary>
    R1,
    R2,
    R3,
    R4,

    /// <summary>Fifth and last argument.</summary>
    R5,

    /// <summary>First of the registers that calls preserve; the packet loads expect the context here.</summary>
    R6,
    R7,
    R8,
    R9,

    /// <summary>The read-only frame pointer.</summary>
    R10,
}

public static class Registers
{
    public const int Count = 11;

    public const Register FramePointer = Register.R10;

    /// <summary>The name in assembly text of all 64 bits: <c>r0</c> to <c>r10</c>.</summary>
    public static string Name(this Register register) => string.Create(CultureInfo.InvariantCulture, $"r{(byte)register}");
}
