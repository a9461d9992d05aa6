using System.Runtime.InteropServices;

namespace Skep.Execution.Native;

/// <summary>
/// A word for each helper of a program, in native memory that is never executable: the address of the C function that machine code calls. What a cell holds may be
/// switched while code runs: a call goes to the old function or to the new one. Thread-safe but for <see cref="Dispose"/>.
/// </summary>
internal sealed unsafe class HelperCells : IDisposable
{
    private const nuint CacheLine = 64;

    private nint* _cells;

    /// <param name="count">As many as the program has helpers (<see cref="Programs.LoweredProgram.Helpers"/>); cells are 0 until they are set.</param>
    public HelperCells(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;

        // Whole lines, so that a switch of one program's cells disturbs no other's.
        nuint bytes = ((nuint)count * (nuint)sizeof(nint) + CacheLine) & ~(CacheLine - 1);
        _cells = (nint*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        NativeMemory.Clear(_cells, bytes);
    }

    public int Count { get; }

    /// <summary>The address of a helper's C function.</summary>
    public nint this[int helper]
    {
        get => Volatile.Read(ref *Cell(helper));
        set => Volatile.Write(ref *Cell(helper), value);
    }

    /// <summary>Where a helper's cell lies; valid until the cells are disposed.</summary>
    public nint AddressOf(int helper) => (nint)Cell(helper);

    /// <summary>Frees the cells. No code that was installed with them may run any more.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_cells);
        _cells = null;
    }

    private nint* Cell(int helper)
    {
        ObjectDisposedException.ThrowIf(_cells is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(helper);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(helper, Count);
        return _cells + helper;
    }
}
