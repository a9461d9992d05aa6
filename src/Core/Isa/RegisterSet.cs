using System.Numerics;

namespace Skep.Isa;

/// <summary>A set of registers, bit n for register n.</summary>
public readonly record struct RegisterSet(ushort Bits)
{
    public static RegisterSet Empty => default;

    public static RegisterSet All => new((1 << Registers.Count) - 1);

    /// <summary>R1 to R5.</summary>
    public static RegisterSet Arguments => new(0b11_1110);

    /// <summary>R0 to R5: what a call leaves without its old value.</summary>
    public static RegisterSet CallerSaved => new(0b11_1111);

    public int Count => BitOperations.PopCount(Bits);

    public bool IsEmpty => Bits == 0;

    public bool Contains(Register register) => Contains((byte)register);

    public bool Contains(byte register) => (Bits >> register & 1) != 0;

    public RegisterSet With(Register register) => With((byte)register);

    public RegisterSet With(byte register) => new((ushort)(Bits | 1 << register));

    public RegisterSet Except(RegisterSet other) => new((ushort)(Bits & ~other.Bits));

    public static RegisterSet operator |(RegisterSet left, RegisterSet right) => new((ushort)(left.Bits | right.Bits));

    public static RegisterSet operator &(RegisterSet left, RegisterSet right) => new((ushort)(left.Bits & right.Bits));

    public override string ToString() =>
        string.Join(' ', Enum.GetValues<Register>().Where(Contains).Select(register => register.Name()));
}
