using Skep.Isa;

namespace Skep.Core.Tests.Isa;

/// <summary>Instructions of a row with operands at the edges of what its fields hold.</summary>
internal static class IsaSamples
{
    internal static IEnumerable<OpcodeRow> RealRows =>
        OpcodeTable.Rows.Where(row => row.Operation is not (Operation.Invalid or Operation.Continuation));

    internal static TheoryData<Operation> Operations => new(RealRows.Select(row => row.Operation));

    internal static IEnumerable<Instruction[]> Edges(OpcodeRow row)
    {
        foreach (byte destination in Registers(row.Destination))
        {
            foreach (byte source in Registers(row.Source))
            {
                foreach (int offset in Offsets(row))
                {
                    foreach (long immediate in Immediates(row))
                    {
                        Instruction first = new(row.Operation, destination, source, offset, immediate);
                        yield return row.Slots == 1
                            ? [first]
                            : [first, new(Operation.Continuation, 0, 0, 0, (long)InstructionEncoder.EncodeSecond(first).Bits)];
                    }
                }
            }
        }
    }

    private static byte[] Registers(FieldRule rule) => rule.Use == FieldUse.Register ? [0, 3, 10] : [0];

    private static int[] Offsets(OpcodeRow row)
    {
        if (row.Immediate.Use == FieldUse.Branch)
        {
            return [int.MinValue, -1, 0, 1, 40000, int.MaxValue];
        }

        return row.Offset.Use == FieldUse.Fixed ? [0] : [short.MinValue, -1, 0, 1, short.MaxValue];
    }

    private static long[] Immediates(OpcodeRow row)
    {
        if (row.Shape == InstructionShape.LoadWide)
        {
            return row.NextImmediate.Use == FieldUse.Fixed
                ? [0, 1, 12, uint.MaxValue]
                : [0, 1, -1, long.MinValue, long.MaxValue, 0x57202c6f6c6c6548, 1L << 32, uint.MaxValue];
        }

        return row.Immediate.Use == FieldUse.Operand ? [int.MinValue, -16, -1, 0, 1, 33, 1684828783, int.MaxValue] : [0];
    }
}
