using System.Globalization;
using System.Numerics;
using Skep.Execution.Semantics;
using Skep.Isa;
using Skep.Verification.Values;

namespace Skep.Core.Tests.Verification.Values;

/// <summary>
/// How much of what could be said of a result is said: the share of pairs of small sets for which the result is the least
/// there is, and how many bits the others are too wide by, on the mean over all pairs.
/// </summary>
public sealed class PrecisionTests
{
    /// <summary>
    /// Many of the sets lie across an end of an order, where least results are hard to come by. A ratchet: less is a loss, more wants
    /// to be written down.
    /// </summary>
    private static readonly Dictionary<Operation, (double LeastPercent, double BitsTooMany)> Recorded = new()
    {
        [Operation.Add64Register] = (98.3, 0.31),
        [Operation.Subtract64Register] = (96.5, 0.50),
        [Operation.Multiply64Register] = (42.1, 7.32),
        [Operation.Divide64Register] = (78.2, 4.94),
        [Operation.SignedDivide64Register] = (77.9, 3.43),
        [Operation.Or64Register] = (82.7, 1.39),
        [Operation.And64Register] = (78.8, 1.88),
        [Operation.ShiftLeft64Register] = (43.4, 14.52),
        [Operation.ShiftRight64Register] = (50.9, 9.17),
        [Operation.Modulo64Register] = (56.2, 11.97),
        [Operation.SignedModulo64Register] = (56.3, 8.62),
        [Operation.ExclusiveOr64Register] = (36.0, 14.80),
        [Operation.ShiftRightArithmetic64Register] = (58.4, 4.92),
        [Operation.Negate64] = (100.0, 0.00),
        [Operation.MoveSigned8To64] = (100.0, 0.00),
        [Operation.MoveSigned16To64] = (100.0, 0.00),
        [Operation.MoveSigned32To64] = (100.0, 0.00),
        [Operation.Add32Register] = (91.0, 2.44),
        [Operation.Subtract32Register] = (90.4, 2.49),
        [Operation.Multiply32Register] = (54.7, 3.14),
        [Operation.Divide32Register] = (83.1, 2.66),
        [Operation.SignedDivide32Register] = (76.2, 2.01),
        [Operation.Or32Register] = (87.2, 0.17),
        [Operation.And32Register] = (84.6, 0.74),
        [Operation.ShiftLeft32Register] = (47.8, 4.48),
        [Operation.ShiftRight32Register] = (67.4, 2.63),
        [Operation.Modulo32Register] = (59.3, 6.61),
        [Operation.SignedModulo32Register] = (64.3, 3.65),
        [Operation.ExclusiveOr32Register] = (36.4, 12.17),
        [Operation.ShiftRightArithmetic32Register] = (90.6, 0.28),
        [Operation.Negate32] = (100.0, 0.00),
        [Operation.MoveSigned8To32] = (100.0, 0.00),
        [Operation.MoveSigned16To32] = (100.0, 0.00),
        [Operation.ToLittleEndian16] = (100.0, 0.00),
        [Operation.ToLittleEndian32] = (100.0, 0.00),
        [Operation.ToLittleEndian64] = (100.0, 0.00),
        [Operation.ToBigEndian16] = (86.8, 0.00),
        [Operation.ToBigEndian32] = (46.2, 4.75),
        [Operation.ToBigEndian64] = (46.2, 5.74),
        [Operation.SwapBytes16] = (86.8, 0.00),
        [Operation.SwapBytes32] = (46.2, 4.75),
        [Operation.SwapBytes64] = (46.2, 5.74),
    };

    private static readonly ScalarSample[] Samples =
    [
        .. ScalarSamples.Exact.Where((_, index) => index % 2 == 0),
        .. ((int, int)[])[(0, 9), (-20, 13), (-300, -295), (100, 140), (7, 8)] is var ranges
            ? ranges.Select(range => Range(range.Item1, range.Item2))
            : [],
    ];

    public static TheoryData<Operation> Operations =>
    [
        .. OpcodeTable.Rows.Where(row => row.Alu is not (AluOperator.None or AluOperator.Move)
            && row.Shape is InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned).Select(row => row.Operation),
    ];

    [Theory]
    [MemberData(nameof(Operations))]
    public void As_much_is_known_as_is_recorded(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        bool isUnary = row.Shape != InstructionShape.AluRegister;
        int pairs = 0;
        int least = 0;
        double tooMany = 0;
        foreach (ScalarSample left in Samples)
        {
            foreach (ScalarSample right in isUnary ? [left] : Samples)
            {
                Scalar result = left.Scalar;
                ScalarAlu.Apply(row, ref result, right.Scalar);
                Scalar best = Least(
                    isUnary
                        ? left.Members.Select(member => ConstantEvaluator.Evaluate(row, member, member))
                        : left.Members.SelectMany(a => right.Members.Select(b => ConstantEvaluator.Evaluate(row, a, b))));
                pairs++;
                least += result.IsWithin(best) ? 1 : 0;
                tooMany += Size(result) - Size(best);
            }
        }

        double leastPercent = Math.Round(100.0 * least / pairs, 1);
        double bitsTooMany = Math.Round(Math.Abs(tooMany / pairs), 2);
        (double recordedPercent, double recordedBits) = Recorded[operation];
        bool isWorse = leastPercent < recordedPercent || bitsTooMany > recordedBits;
        Assert.True(
            (leastPercent, bitsTooMany) == (recordedPercent, recordedBits),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(isWorse ? "Precision is lost" : "Better than recorded; write it down")}: [Operation.{operation}] = ({leastPercent:F1}, {bitsTooMany:F2}),"));
    }

    private static ScalarSample Range(int min, int max) => new(
        "range", Scalar.SignedRange(min, max), [.. Enumerable.Range(min, max - min + 1).Select(number => (ulong)number)]);

    /// <summary>The sharpest views that all of the numbers are in.</summary>
    private static Scalar Least(IEnumerable<ulong> numbers)
    {
        ulong[] all = [.. numbers];
        Scalar least = Scalar.Unknown;
        least.Bits = TnumSamples.Least(all);
        least.MeetUnsigned(all.Min(), all.Max());
        least.MeetSigned(all.Min(number => (long)number), all.Max(number => (long)number));
        least.MeetUnsigned32(all.Min(number => (uint)number), all.Max(number => (uint)number));
        least.MeetSigned32(all.Min(number => (int)number), all.Max(number => (int)number));
        Assert.True(least.Sharpen());
        return least;
    }

    /// <summary>Log2 of how many numbers the tightest of the views has.</summary>
    private static double Size(in Scalar scalar)
    {
        UInt128 whole = scalar.HasBothSigns
            ? (UInt128)scalar.SignedMax - scalar.UnsignedMin + scalar.UnsignedMax - (ulong)scalar.SignedMin + 2
            : (UInt128)scalar.UnsignedMax - scalar.UnsignedMin + 1;
        ulong low = scalar.SignedMin32 < 0 && scalar.SignedMax32 >= 0
            ? (ulong)scalar.SignedMax32 - scalar.UnsignedMin32 + scalar.UnsignedMax32 - (uint)scalar.SignedMin32 + 2
            : (ulong)scalar.UnsignedMax32 - scalar.UnsignedMin32 + 1;
        int unknownAbove = BitOperations.PopCount(scalar.Bits.Mask >> 32);
        return Math.Min(
            Math.Min(BitOperations.PopCount(scalar.Bits.Mask), Math.Log2((double)whole)), Math.Log2(low) + unknownAbove);
    }
}
