using System.Numerics;

namespace Skep.Verification.State;

/// <summary>What one byte of the stack holds.</summary>
internal enum StackByte : byte
{
    /// <summary>Nobody wrote it.</summary>
    Unwritten,

    /// <summary>Part of <see cref="StackSlot.Spilled"/>.</summary>
    Spilled,

    /// <summary>Some number.</summary>
    Number,

    /// <summary>0.</summary>
    Zero,

    /// <summary>Part of an iterator, whose state is in <see cref="StackSlot.Spilled"/>.</summary>
    Iterator,
}

/// <summary>8 aligned bytes of a frame.</summary>
internal struct StackSlot
{
    public const int Size = 8;

    private const ulong LowBits = 0x0101_0101_0101_0101;

    /// <summary>What each byte holds; byte 0 has the lowest address.</summary>
    public ulong Bytes;

    /// <summary>The register that was spilled here; its low bytes where fewer than 8 are <see cref="StackByte.Spilled"/>, which are then the lowest.</summary>
    public RegisterState Spilled;

    /// <summary>Of the last write: whether the slot is read later (<see cref="Provenance.Read"/>).</summary>
    public int Node;

    public readonly bool IsUnwritten => Bytes == 0;

    /// <summary>No byte is unwritten.</summary>
    public readonly bool IsFullyWritten
    {
        get
        {
            for (int i = 0; i < Size; i++)
            {
                if (this[i] == StackByte.Unwritten)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Some low bytes hold a spilled register.</summary>
    public readonly bool HasSpill => (StackByte)(byte)Bytes == StackByte.Spilled;

    public readonly bool HasPointer => HasSpill && Spilled.IsPointer;

    public readonly bool HasIterator => (StackByte)(byte)Bytes == StackByte.Iterator;

    /// <summary>How many low bytes hold the spilled register.</summary>
    public readonly int SpillSize
    {
        get
        {
            ulong difference = Bytes ^ (LowBits * (ulong)StackByte.Spilled);
            return BitOperations.TrailingZeroCount(difference) / 8;
        }
    }

    public readonly StackByte this[int index] => (StackByte)(byte)(Bytes >> (index * 8));

    /// <summary>All bytes from <paramref name="index"/> on are <paramref name="kind"/>.</summary>
    public readonly bool All(int index, int count, StackByte kind) => ((Bytes ^ (LowBits * (ulong)kind)) & Mask(index, count)) == 0;

    public void Set(int index, int count, StackByte kind)
    {
        ulong mask = Mask(index, count);
        Bytes = (Bytes & ~mask) | (LowBits * (ulong)kind & mask);
    }

    public void Replace(StackByte from, StackByte to)
    {
        for (int i = 0; i < Size; i++)
        {
            if (this[i] == from)
            {
                Set(i, 1, to);
            }
        }
    }

    private static ulong Mask(int index, int count) => (count == Size ? ulong.MaxValue : (1UL << (count * 8)) - 1) << (index * 8);
}
