namespace Skep.Verification.Values;

/// <summary>By how many bits a shift goes: the low 6 or 5 bits of its operand.</summary>
internal readonly record struct ShiftCount(Tnum Bits, int Min, int Max)
{
    /// <param name="mask">63, or 31 at 32 bits.</param>
    public static ShiftCount Of(in Scalar operand, uint mask)
    {
        var bits = new Tnum(operand.Bits.Value & mask, operand.Bits.Mask & mask);
        return operand.UnsignedMax32 <= mask
            ? new ShiftCount(bits, (int)operand.UnsignedMin32, (int)operand.UnsignedMax32)
            : new ShiftCount(bits, (int)bits.Value, (int)bits.Possible);
    }

    public static ShiftCount Of(int count) => new(Tnum.Constant((uint)count), count, count);
}
