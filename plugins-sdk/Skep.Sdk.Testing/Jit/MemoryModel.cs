using Skep.Isa;

namespace Skep.Testing;

/// <summary>What loads, stores and atomics do to a copy of the memory.</summary>
internal static unsafe class MemoryModel
{
    /// <param name="address">Where the memory lies of which this is the copy.</param>
    public static void Access(in Instruction tested, Span<ulong> r, Span<byte> memory, byte* address)
    {
        OpcodeRow row = tested.Row;
        bool isLoad = row.Shape is InstructionShape.Load or InstructionShape.LoadAcquire;
        int at = (int)((long)r[isLoad ? tested.Source : tested.Destination] + tested.Offset - (long)address);
        Span<byte> cell = memory.Slice(at, row.AccessSize);
        ulong was = Read(cell);
        if (isLoad)
        {
            r[tested.Destination] = row.SignExtends ? (ulong)((long)(was << (64 - row.OperandBits)) >> (64 - row.OperandBits)) : was;
            return;
        }

        ulong mask = row.AccessSize == 8 ? ulong.MaxValue : (1UL << row.OperandBits) - 1;
        ulong operand = row.Shape == InstructionShape.StoreImmediate ? (ulong)tested.Immediate : r[tested.Source];
        if (!row.IsReadModifyWrite)
        {
            Write(cell, operand);
            return;
        }

        Write(cell, row.Atomic switch
        {
            AtomicOperator.Add => unchecked(was + operand),
            AtomicOperator.Or => was | operand,
            AtomicOperator.And => was & operand,
            AtomicOperator.ExclusiveOr => was ^ operand,
            AtomicOperator.Exchange => operand,
            _ => was == (r[0] & mask) ? operand : was,
        });
        if (row.Shape == InstructionShape.AtomicFetch)
        {
            r[tested.Source] = was;
        }
        else if (row.Shape == InstructionShape.AtomicCompareExchange)
        {
            r[0] = was;
        }
    }

    private static ulong Read(ReadOnlySpan<byte> cell)
    {
        ulong value = 0;
        for (int i = cell.Length - 1; i >= 0; i--)
        {
            value = value << 8 | cell[i];
        }

        return value;
    }

    private static void Write(Span<byte> cell, ulong value)
    {
        for (int i = 0; i < cell.Length; i++)
        {
            cell[i] = (byte)(value >> (8 * i));
        }
    }
}
