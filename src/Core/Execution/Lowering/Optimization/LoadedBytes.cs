using System.Runtime.CompilerServices;
using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>A value of which each byte is zero or was loaded from a known place: what single loads, shifts and ors make.</summary>
internal struct LoadedBytes
{
    public const int Zero = int.MinValue;

    /// <summary>The value that the places are counted from, and what had been written to memory by then.</summary>
    public int Base;
    public int Epoch;

    /// <summary>The step of the last of the loads.</summary>
    public int Last;

    /// <summary>The place from which that load reads; <see cref="Zero"/> when it is not to be changed any more.</summary>
    public int LastPlace;

    /// <summary>How many loads it took.</summary>
    public int Loads;

    private Places _places;

    public bool IsKnown => Loads > 0;

    public static LoadedBytes Of(int place, long offset, int size, int epoch, int step)
    {
        var bytes = new LoadedBytes { Base = place, Epoch = epoch, Last = step, LastPlace = (int)offset, Loads = 1 };
        bool fits = offset is > int.MinValue + 8 and < int.MaxValue - 8;
        for (int i = 0; i < Places.Length; i++)
        {
            bytes._places[i] = i < size && fits ? (int)offset + i : Zero;
        }

        return fits ? bytes : default;
    }

    /// <summary>After arithmetic with an immediate; nothing is known where single bytes do not stay whole.</summary>
    public readonly LoadedBytes After(OpcodeRow row, long immediate)
    {
        int width = row.Is64Bit ? 8 : 4;
        int bytes = (int)(immediate & ((width * 8) - 1)) / 8;
        bool isWhole = immediate % 8 == 0;
        return row.Alu switch
        {
            AluOperator.ShiftLeft when isWhole => Map(i => i < width && i >= bytes ? i - bytes : -1),
            AluOperator.ShiftRight when isWhole => Map(i => i + bytes < width ? i + bytes : -1),
            AluOperator.And when IsOfBytes(immediate) => Map(i => i < width && (immediate >> (i * 8) & 1) != 0 ? i : -1),
            AluOperator.LittleEndian => Map(i => i < row.OperandBits / 8 ? i : -1),
            AluOperator.BigEndian or AluOperator.SwapBytes => Map(i => i < row.OperandBits / 8 ? (row.OperandBits / 8) - 1 - i : -1),
            _ => default,
        };
    }

    public readonly LoadedBytes LowHalf() => Map(i => i < 4 ? i : -1);

    /// <summary>Both in one value; nothing is known where they overlap, or stem from different places or times.</summary>
    public static LoadedBytes Combine(in LoadedBytes left, in LoadedBytes right)
    {
        if (!left.IsKnown || !right.IsKnown || left.Base != right.Base || left.Epoch != right.Epoch)
        {
            return default;
        }

        LoadedBytes both = left;
        for (int i = 0; i < Places.Length; i++)
        {
            if (left._places[i] != Zero && right._places[i] != Zero)
            {
                return default;
            }

            both._places[i] = left._places[i] == Zero ? right._places[i] : left._places[i];
        }

        (both.Last, both.LastPlace) = left.Last > right.Last ? (left.Last, left.LastPlace) : (right.Last, right.LastPlace);
        both.Loads = left.Loads + right.Loads;
        return both;
    }

    /// <summary>Whether one load reads all of it, and no more.</summary>
    /// <param name="size">In bytes.</param>
    /// <param name="first">The place of its first byte.</param>
    /// <param name="isSwapped">The bytes are in network order.</param>
    public readonly bool IsOneLoad(out int size, out int first, out bool isSwapped)
    {
        size = 0;
        while (size < Places.Length && _places[size] != Zero)
        {
            size++;
        }

        isSwapped = size > 1 && _places[1] < _places[0];
        first = isSwapped ? _places[size - 1] : _places[0];
        if (size is not (2 or 4 or 8))
        {
            return false;
        }

        for (int i = 0; i < Places.Length; i++)
        {
            int expected = i >= size ? Zero : isSwapped ? first + size - 1 - i : first + i;
            if (_places[i] != expected)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsOfBytes(long mask)
    {
        for (int i = 0; i < Places.Length; i++)
        {
            if ((byte)(mask >> (i * 8)) is not (0 or byte.MaxValue))
            {
                return false;
            }
        }

        return true;
    }

    private readonly LoadedBytes Map(Func<int, int> from)
    {
        LoadedBytes mapped = this;
        for (int i = 0; i < Places.Length; i++)
        {
            int source = from(i);
            mapped._places[i] = source < 0 ? Zero : _places[source];
        }

        return mapped;
    }

    [InlineArray(Length)]
    private struct Places
    {
        public const int Length = 8;
        private int _first;
    }
}
