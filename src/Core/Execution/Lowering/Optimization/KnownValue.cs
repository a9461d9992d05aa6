using System.Numerics;
using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>What is known of a value that some register has or had.</summary>
internal struct KnownValue
{
    /// <summary>The bits that may be 1.</summary>
    public ulong Possible;

    public ulong Constant;

    public bool IsConstant;

    /// <summary>The value that this one is <see cref="Offset"/> beyond; -1 when it is none's neighbour.</summary>
    public int Base;

    public long Offset;

    /// <summary>A register that has the value, unless it was written since.</summary>
    public byte Home;

    public static KnownValue Unknown(ulong possible = ulong.MaxValue) => new() { Possible = possible, Base = -1 };

    public static KnownValue Of(ulong constant) => new() { Possible = constant, Constant = constant, IsConstant = true, Base = -1 };

    /// <summary>The bits that the result of an operation may have.</summary>
    /// <param name="operand">The right operand, of which <paramref name="isKnown"/> tells whether it is <paramref name="constant"/>.</param>
    public static ulong PossibleAfter(OpcodeRow row, ulong left, ulong operand, bool isKnown, ulong constant)
    {
        ulong width = row.Is64Bit ? ulong.MaxValue : uint.MaxValue;
        left &= width;
        operand &= width;
        int count = (int)(constant & (row.Is64Bit ? 63UL : 31UL));
        ulong possible = row.Alu switch
        {
            AluOperator.And => left & operand,
            AluOperator.Or or AluOperator.ExclusiveOr => left | operand,
            AluOperator.Add => (left & operand) == 0 ? left | operand : Below(Math.Max(Length(left), Length(operand)) + 1),
            AluOperator.Multiply => Below(Length(left) + Length(operand)),
            AluOperator.ShiftLeft when isKnown => left << count,
            AluOperator.ShiftRight when isKnown => left >> count,
            AluOperator.ShiftRight or AluOperator.Divide or AluOperator.Modulo => Below(Length(left)),
            AluOperator.LittleEndian or AluOperator.BigEndian or AluOperator.SwapBytes => Below(row.OperandBits),
            _ => ulong.MaxValue,
        };
        return possible & width;
    }

    public static ulong OfSize(int bytes) => Below(bytes * 8);

    private static int Length(ulong bits) => 64 - BitOperations.LeadingZeroCount(bits);

    private static ulong Below(int length) => length >= 64 ? ulong.MaxValue : (1UL << length) - 1;
}
