using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Execution.Native;

/// <summary>Code that can be called. Disposing frees it at once: the caller has made sure that nothing runs in it and that nothing will.</summary>
internal sealed class InstalledCode : IDisposable
{
    private readonly CodeArena _arena;
    private readonly ImmutableArray<CodeEntry> _entries;
    private CodeBlock? _block;

    internal InstalledCode(CodeArena arena, CodeBlock block, NativeImage image)
    {
        _arena = arena;
        _block = block;
        _entries = image.Entries;
        Address = block.Address;
        Length = image.Code.Length;
    }

    /// <summary>Of the first byte of code; a multiple of 64.</summary>
    public nint Address { get; }

    /// <summary>In bytes.</summary>
    public int Length { get; }

    /// <summary>The main function's C entry (<see cref="NativeImage.Entries"/>).</summary>
    public nint Main => Address + _entries[0].Offset;

    /// <summary>The code as it was installed, for dumps. Valid until it is disposed.</summary>
    public unsafe ReadOnlySpan<byte> Bytes => new((void*)Address, Length);

    /// <summary>The C entry of the function that starts at a slot of the lowered program; 0 when the image has none.</summary>
    public nint EntryOf(SlotIndex function)
    {
        foreach (CodeEntry entry in _entries)
        {
            if (entry.Function == function)
            {
                return Address + entry.Offset;
            }
        }

        return 0;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _block, null) is { } block)
        {
            _arena.Free(block);
        }
    }
}
