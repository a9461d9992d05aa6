using System.Numerics;
using Skep.Execution.Lowering.Optimization;
using Skep.Execution.Semantics;
using Skep.Isa;

namespace Skep.Execution.Lowering.Validation;

/// <content>Arithmetic on values: what moves whole bytes moves them, the rest makes terms in one form for all ways to say the same.</content>
internal sealed partial class Terms
{
    public int Calculate(OpcodeRow row, int left, int right)
    {
        if (!row.Is64Bit)
        {
            left = Low(left, 4);
            right = Low(right, 4);
        }

        bool isKnown = IsConstant(right, out ulong constant);
        if (isKnown && IsConstant(left, out ulong other))
        {
            return Constant(ConstantEvaluator.Evaluate(row, other, constant));
        }

        return row.Alu switch
        {
            AluOperator.Move => right,
            AluOperator.MoveSigned => SignExtend(right, row.OperandBits / 8, row.Is64Bit ? 8 : 4),
            AluOperator.And => ByBytes(Kind.ByteAnd, left, right),
            AluOperator.Or => ByBytes(Kind.ByteOr, left, right),
            AluOperator.ExclusiveOr => ByBytes(Kind.ByteXor, left, right),
            AluOperator.LittleEndian => Low(left, row.OperandBits / 8),
            AluOperator.BigEndian or AluOperator.SwapBytes => Swap(left, row.OperandBits / 8),
            AluOperator.Multiply when isKnown && BitOperations.IsPow2(constant) => Shift(AluOperator.ShiftLeft, row, left, BitOperations.Log2(constant)),
            AluOperator.Divide when isKnown && BitOperations.IsPow2(constant) => Shift(AluOperator.ShiftRight, row, left, BitOperations.Log2(constant)),
            AluOperator.Modulo when isKnown && BitOperations.IsPow2(constant) => ByBytes(Kind.ByteAnd, left, Constant(constant - 1)),
            AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic when isKnown => Shift(row.Alu, row, left, (int)(constant & (row.Is64Bit ? 63UL : 31UL))),
            AluOperator.Add when isKnown && row.Is64Bit => AddConstant(left, (long)constant),
            AluOperator.Add or AluOperator.Subtract when isKnown && constant == 0 => left,
            _ => Opaque(row.Alu, row.Is64Bit, left, right),
        };
    }

    /// <summary>The low bytes, and copies of their sign up to a width.</summary>
    public int SignExtend(int value, int size, int width)
    {
        Span<int> bytes = stackalloc int[ValueBytes.Length];
        ValueBytes from = _known[value].Bytes;
        int sign = SignOf(from[size - 1]);
        for (int i = 0; i < width; i++)
        {
            bytes[i] = i < size ? from[i] : sign;
        }

        return Intern(bytes);
    }

    private int SignOf(int top) => top < FirstTermByte
        ? (top & 0x80) != 0 ? byte.MaxValue : 0
        : (PossibleOf(top) & 0x80) == 0 ? 0 : MakeByte(Kind.Sign, top);

    private int Swap(int value, int size)
    {
        Span<int> bytes = stackalloc int[ValueBytes.Length];
        ValueBytes from = _known[value].Bytes;
        for (int i = 0; i < size; i++)
        {
            bytes[i] = from[size - 1 - i];
        }

        return Intern(bytes);
    }

    private int ByBytes(Kind kind, int left, int right)
    {
        Span<int> bytes = stackalloc int[ValueBytes.Length];
        ValueBytes l = _known[left].Bytes;
        ValueBytes r = _known[right].Bytes;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Combine(kind, Math.Min(l[i], r[i]), Math.Max(l[i], r[i]));
        }

        return Intern(bytes);
    }

    /// <param name="low">The known one, where one is known.</param>
    private int Combine(Kind kind, int low, int high)
    {
        byte possibleLow = PossibleOf(low);
        byte possibleHigh = PossibleOf(high);
        bool isKnown = low < FirstTermByte;
        if (isKnown && high < FirstTermByte)
        {
            return kind switch { Kind.ByteAnd => low & high, Kind.ByteOr => low | high, _ => low ^ high };
        }

        if (kind == Kind.ByteAnd)
        {
            return (possibleLow & possibleHigh) == 0 ? 0
                : isKnown && (possibleHigh & ~low) == 0 ? high
                : MakeByte(kind, low, high, 0, (byte)(possibleLow & possibleHigh));
        }

        // Where no bit can be in both, exclusive or is or.
        kind = (possibleLow & possibleHigh) == 0 ? Kind.ByteOr : kind;
        return low == 0 ? high : MakeByte(kind, low, high, 0, (byte)(possibleLow | possibleHigh));
    }

    private int Shift(AluOperator shift, OpcodeRow row, int value, int count)
    {
        int width = row.Is64Bit ? 8 : 4;
        Span<int> bytes = stackalloc int[ValueBytes.Length];
        ValueBytes from = _known[value].Bytes;
        int moved = shift == AluOperator.ShiftLeft ? -(count / 8) : count / 8;
        int fill = shift == AluOperator.ShiftRightArithmetic ? SignOf(from[width - 1]) : 0;
        for (int i = 0; i < width; i++)
        {
            int source = i + moved;
            bytes[i] = source < 0 ? 0 : source >= width ? fill : from[source];
        }

        // First by whole bytes, then by the bits that are left: what is shifted out has no part in the term.
        int shifted = Intern(bytes);
        return count % 8 == 0 ? shifted : Opaque(shift, row.Is64Bit, shifted, Constant((ulong)count % 8));
    }

    private int AddConstant(int value, long constant)
    {
        (int place, long offset) = PlaceOf(value);
        offset += constant;
        if (offset == 0)
        {
            return place;
        }

        int sum = Opaque(AluOperator.Add, is64Bit: true, place, Constant((ulong)offset));
        SetPlace(sum, place, offset);
        return sum;
    }

    /// <summary>A term of an operator and its operands. The low half of some needs only the low halves of the operands, and is the same as the 32-bit one's.</summary>
    private int Opaque(AluOperator alu, bool is64Bit, int left, int right)
    {
        Span<int> bytes = stackalloc int[ValueBytes.Length];
        bool isClosed = alu is AluOperator.Add or AluOperator.Subtract or AluOperator.Multiply or AluOperator.Negate or AluOperator.ShiftLeft;
        if (is64Bit)
        {
            PutTerm(alu, is64Bit, left, right, bytes);
        }

        if (!is64Bit || isClosed)
        {
            PutLowTerm(alu, Low(left, 4), Low(right, 4), bytes);
        }

        return Intern(bytes);
    }

    /// <summary>Constants that are added one after the other to the low half are one.</summary>
    private void PutLowTerm(AluOperator alu, int left, int right, Span<int> bytes)
    {
        if (alu != AluOperator.Add || !IsConstant(right, out ulong constant))
        {
            PutTerm(alu, false, left, right, bytes);
            return;
        }

        (int place, uint offset) = _lowPlaces.GetValueOrDefault(left, (left, 0u));
        offset += (uint)constant;
        PutTerm(alu, false, place, Constant(offset), bytes);
        Span<int> low = stackalloc int[ValueBytes.Length];
        bytes[..4].CopyTo(low);
        _lowPlaces[Intern(low)] = (place, offset);
    }

    private void PutTerm(AluOperator alu, bool is64Bit, int left, int right, Span<int> bytes)
    {
        int width = is64Bit ? 8 : 4;
        ulong possibleLeft = PossibleIn(left);
        ulong possibleRight = PossibleIn(right);
        if (alu == AluOperator.Add && (possibleLeft & possibleRight) == 0)
        {
            // Without carries it is an or.
            ValueBytes either = _known[ByBytes(Kind.ByteOr, left, right)].Bytes;
            for (int i = 0; i < width; i++)
            {
                bytes[i] = either[i];
            }

            return;
        }

        bool isKnown = IsConstant(right, out ulong constant);
        if (alu is AluOperator.Add or AluOperator.Multiply && left > right && !isKnown)
        {
            (left, right) = (right, left);
        }

        ulong possible = KnownValue.PossibleAfter(RowOf(alu, is64Bit), possibleLeft, possibleRight, isKnown, constant);
        PutBytes(TermOf(Kind.Alu, ((int)alu * 2) + (is64Bit ? 1 : 0), left, right, possible), 0, width, bytes);
    }

    /// <summary>Any row with this operator and width.</summary>
    private static OpcodeRow RowOf(AluOperator alu, bool is64Bit) => RowsByOperator[((int)alu * 2) + (is64Bit ? 1 : 0)]!;

    private static readonly OpcodeRow?[] RowsByOperator = FindRows();

    private static OpcodeRow?[] FindRows()
    {
        var rows = new OpcodeRow?[((int)AluOperator.SwapBytes + 1) * 2];
        foreach (OpcodeRow row in OpcodeTable.Rows.Where(row => row.Alu != AluOperator.None))
        {
            rows[((int)row.Alu * 2) + (row.Is64Bit ? 1 : 0)] ??= row;
        }

        return rows;
    }
}
