using System.Numerics;

namespace Skep.Execution.Native;

/// <summary>
/// The free blocks of all regions, in lists by size: eight lists for each power of 2. Taking and giving back take constant time, however many blocks there are. Not
/// thread-safe.
/// </summary>
/// <remarks>After the idea of two-level segregated fit: the first block of any list above a length's own is long enough, and a bit for each list says whether it holds any.</remarks>
internal sealed class FreeBlocks(int granularity)
{
    private const int ListsBits = 3;
    private const int WordBits = 64;

    // Blocks of the own list may be too short; so many are looked at before a longer one is divided.
    private const int OwnListTries = 4;

    private readonly int _granularityBits = BitOperations.Log2((uint)granularity);
    private readonly CodeBlock?[] _lists = new CodeBlock?[WordBits * 4];
    private readonly ulong[] _filled = new ulong[4];

    public void Add(CodeBlock block)
    {
        int list = ListOf(block.Length);
        block.IsFree = true;
        block.PreviousFree = null;
        block.NextFree = _lists[list];
        if (block.NextFree is { } next)
        {
            next.PreviousFree = block;
        }

        _lists[list] = block;
        _filled[list / WordBits] |= 1UL << (list % WordBits);
    }

    public void Remove(CodeBlock block)
    {
        int list = ListOf(block.Length);
        block.IsFree = false;
        if (block.NextFree is { } next)
        {
            next.PreviousFree = block.PreviousFree;
        }

        if (block.PreviousFree is { } previous)
        {
            previous.NextFree = block.NextFree;
        }
        else
        {
            _lists[list] = block.NextFree;
            if (block.NextFree is null)
            {
                _filled[list / WordBits] &= ~(1UL << (list % WordBits));
            }
        }

        block.PreviousFree = block.NextFree = null;
    }

    /// <summary>A block of at least <paramref name="length"/> bytes, no longer free; null when there is none.</summary>
    public CodeBlock? Take(int length)
    {
        int own = ListOf(length);
        CodeBlock? block = _lists[own];
        for (int tries = 1; block is not null && block.Length < length; tries++)
        {
            block = tries < OwnListTries ? block.NextFree : null;
        }

        block ??= FirstAbove(own);
        if (block is not null)
        {
            Remove(block);
        }

        return block;
    }

    private CodeBlock? FirstAbove(int list)
    {
        int first = list + 1;
        for (int word = first / WordBits; word < _filled.Length; word++)
        {
            ulong above = word == first / WordBits ? ulong.MaxValue << (first % WordBits) : ulong.MaxValue;
            ulong filled = _filled[word] & above;
            if (filled != 0)
            {
                return _lists[(word * WordBits) + BitOperations.TrailingZeroCount(filled)];
            }
        }

        return null;
    }

    private int ListOf(int length)
    {
        uint units = (uint)length >> _granularityBits;
        int magnitude = BitOperations.Log2(units);
        return magnitude < ListsBits
            ? (int)units
            : ((magnitude - ListsBits + 1) << ListsBits) + (int)((units >> (magnitude - ListsBits)) & ((1 << ListsBits) - 1));
    }
}
