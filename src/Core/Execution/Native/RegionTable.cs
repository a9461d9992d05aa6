using System.Security.Cryptography;

namespace Skep.Execution.Native;

/// <summary>Takes regions from the system, divides them into blocks and joins what comes back; constant time each. Not thread-safe.</summary>
internal sealed class RegionTable(IExecutableMemory memory, bool randomise)
{
    // Small hosts stay small; large ones need few regions, each of which costs a file and three mappings.
    private const int FirstLength = 64 << 10;
    private const int MaxUsualLength = 4 << 20;

    // Below half of the 47 bits that programs have on x86-64 and most arm64 systems; where there are fewer, the system puts a region elsewhere.
    private const long LowestRandom = 1L << 36;
    private const long HighestRandom = 1L << 46;

    private readonly FreeBlocks _free = new(memory.Granularity);

    public IExecutableMemory Memory { get; } = memory;

    /// <summary>Of all regions, without guard pages.</summary>
    public long Bytes { get; private set; }

    public int Count { get; private set; }

    /// <param name="length">In bytes, a multiple of the memory's granularity.</param>
    /// <returns>A block of exactly that length.</returns>
    /// <exception cref="CodeMemoryException">The system gives no more.</exception>
    public CodeBlock Take(long length)
    {
        if (length > int.MaxValue - MaxUsualLength)
        {
            throw new CodeMemoryException($"The code needs {length:N0} bytes; one program can have {int.MaxValue - MaxUsualLength:N0}.");
        }

        CodeBlock block = _free.Take((int)length) ?? Reserve((int)length);
        int gap = block.Length - (int)length;
        int before = randomise && gap > 0 ? RandomNumberGenerator.GetInt32((gap / Memory.Granularity) + 1) * Memory.Granularity : 0;
        if (before > 0)
        {
            CodeBlock rest = block;
            block = Divide(rest, before);
            _free.Add(rest);
        }

        if (before < gap)
        {
            _free.Add(Divide(block, (int)length));
        }

        return block;
    }

    /// <summary>Frees a block that was taken. A region without code goes back to the system, but for one of the first size.</summary>
    public void GiveBack(CodeBlock block)
    {
        if (block.After is { IsFree: true } after)
        {
            _free.Remove(after);
            Join(block, after);
        }

        if (block.Before is { IsFree: true } before)
        {
            _free.Remove(before);
            Join(before, block);
            block = before;
        }

        if (block.IsWholeRegion && (Count > 1 || block.Length > FirstLength))
        {
            Release(block.Region);
        }
        else
        {
            _free.Add(block);
        }
    }

    /// <summary>Gives the last region back, when no block is taken any more.</summary>
    public void Release()
    {
        while (_free.Take(Memory.Granularity) is { } block)
        {
            Release(block.Region);
        }
    }

    private CodeBlock Reserve(int length)
    {
        int page = Environment.SystemPageSize;
        int usual = (int)Math.Clamp(Bytes, FirstLength, MaxUsualLength);
        int rounded = (Math.Max(length, usual) + page - 1) & -page;
        nint hint = randomise && Environment.Is64BitProcess ? (nint)(RandomAddress() & -page) : 0;
        var region = new CodeRegion(Memory.Reserve(rounded, TrapCode.Pattern, hint));
        Bytes += rounded;
        Count++;
        return new CodeBlock(region, 0, rounded);
    }

    private void Release(CodeRegion region)
    {
        Memory.Release(region.Range);
        Bytes -= region.Range.Length;
        Count--;
    }

    /// <summary>Cuts a block that is not free; the result is what lies behind the cut.</summary>
    private static CodeBlock Divide(CodeBlock block, int length)
    {
        var rest = new CodeBlock(block.Region, block.Offset + length, block.Length - length) { Before = block, After = block.After };
        if (rest.After is { } after)
        {
            after.Before = rest;
        }

        block.After = rest;
        block.Length = length;
        return rest;
    }

    private static void Join(CodeBlock first, CodeBlock second)
    {
        first.Length += second.Length;
        first.After = second.After;
        if (second.After is { } after)
        {
            after.Before = first;
        }
    }

    private static long RandomAddress()
    {
        Span<byte> random = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(random);
        return LowestRandom + (BitConverter.ToInt64(random) & long.MaxValue) % (HighestRandom - LowestRandom);
    }
}
