namespace Skep.Contracts;

/// <summary>What a program may do with memory.</summary>
[Flags]
public enum MemoryAccess : byte
{
    None = 0,
    Read = 1,
    Write = 2,
    ReadWrite = Read | Write,
}

/// <summary>A piece of native (or pinned) memory.</summary>
/// <param name="Address">Of the first byte; 0 for no memory.</param>
/// <param name="Length">In bytes.</param>
public readonly record struct MemoryRegion(nint Address, nuint Length, MemoryAccess Access)
{
    public static readonly MemoryRegion None;

    /// <summary>Whether <paramref name="size"/> bytes at <paramref name="address"/> lie wholly inside; never overflows.</summary>
    public bool Contains(ulong address, ulong size)
    {
        ulong offset = address - (ulong)Address;
        return offset <= Length && size <= Length - offset;
    }
}

/// <summary>How a run starts: the argument registers, and what may be reached through them.</summary>
/// <param name="R1">The context's address, or 0.</param>
/// <param name="R2">0 unless <see cref="ContextLayout.HasLength"/>.</param>
/// <param name="Context">The memory at <paramref name="R1"/>.</param>
/// <param name="Data">The packet or other memory that context fields point to.</param>
public readonly record struct ProgramEntry(ulong R1, ulong R2, MemoryRegion Context, MemoryRegion Data = default);
