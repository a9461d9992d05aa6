using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>A set of halves of registers: bit n is the low half of register n, bit n + 16 the upper one.</summary>
internal readonly record struct RegisterHalves(uint Bits)
{
    private const int Upper = 16;

    public static RegisterHalves None => default;

    public static RegisterHalves LowOf(byte register) => new(1u << register);

    public static RegisterHalves UpperOf(byte register) => new(1u << register << Upper);

    public static RegisterHalves Of(byte register) => LowOf(register) | UpperOf(register);

    public static RegisterHalves Of(RegisterSet registers) => new(registers.Bits | ((uint)registers.Bits << Upper));

    public bool HasLow(byte register) => (Bits >> register & 1) != 0;

    public bool HasUpper(byte register) => (Bits >> register >> Upper & 1) != 0;

    public bool HasAny(byte register) => HasLow(register) || HasUpper(register);

    public RegisterHalves Except(RegisterHalves other) => new(Bits & ~other.Bits);

    public static RegisterHalves operator |(RegisterHalves left, RegisterHalves right) => new(left.Bits | right.Bits);

    public static RegisterHalves operator &(RegisterHalves left, RegisterHalves right) => new(left.Bits & right.Bits);
}
