using Microsoft.Win32.SafeHandles;

namespace Skep.Execution.Native;

/// <summary>
/// Memory that code can be put in, as one system offers it. No page is writable and executable at the same time. Calls for different ranges, and for parts of a
/// range that share no unit of <see cref="Granularity"/>, may come from several threads at once.
/// </summary>
internal interface IExecutableMemory
{
    /// <summary>How code gets in without a page that is writable and executable, in a few words.</summary>
    string Name { get; }

    /// <summary>
    /// Blocks of code begin and end at multiples of it, in bytes; a power of 2. Where protection is switched it is the page, since a page that is being
    /// written cannot be executed, and other programs may be running in it.
    /// </summary>
    int Granularity { get; }

    /// <summary>Takes a range of its own that can be read and executed, with a page before it and one behind it that cannot be touched.</summary>
    /// <param name="length">In bytes, a multiple of the system's page.</param>
    /// <param name="fill">What the range is filled with, again and again; its length divides the page. In place before the range becomes executable.</param>
    /// <param name="hint">Where the range should lie; 0 leaves that to the system. Only a wish.</param>
    /// <exception cref="CodeMemoryException">The system gives no such memory.</exception>
    ExecutableRange Reserve(int length, ReadOnlySpan<byte> fill, nint hint);

    /// <summary>Replaces bytes in which nothing runs. Processors see them after <see cref="InstructionCache.Publish"/>.</summary>
    /// <param name="offset">From the start of the range, in bytes, a multiple of <see cref="Granularity"/>; as the length of <paramref name="bytes"/> is.</param>
    /// <exception cref="CodeMemoryException">The system refused; what the bytes are now is not known.</exception>
    void Write(ExecutableRange range, int offset, ReadOnlySpan<byte> bytes);

    /// <summary>Gives the range back, with its guard pages. Nothing runs in it.</summary>
    void Release(ExecutableRange range);
}

/// <summary>Memory that can be read and executed.</summary>
/// <param name="Address">Its first byte; guard pages are not counted.</param>
/// <param name="Length">In bytes, a multiple of the page.</param>
/// <param name="File">What the memory shows, where it is a file; owned by the range.</param>
internal sealed record ExecutableRange(nint Address, int Length, SafeFileHandle? File = null);
