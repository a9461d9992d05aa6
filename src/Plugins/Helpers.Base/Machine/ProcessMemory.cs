using Skep.Contracts;

namespace Skep.Helpers.Machine;

/// <summary>
/// Reads memory that may not be there, of this process or another, without ever faulting: the kernel does the copying (process_vm_readv(2)) and says how far
/// it came. Another process wants the right to trace it (ptrace(2)), and runs on meanwhile: the bytes may have changed since the event. Where the
/// system has no such call or forbids it, every read is a fault.
/// </summary>
internal static unsafe class ProcessMemory
{
    private const int MaxChunk = 4096;

    /// <summary>Copies all of the bytes, or zeroes the destination, as the kernel does.</summary>
    /// <returns>0 or -EFAULT.</returns>
    public static long Read(int process, ulong source, byte* destination, nuint size)
    {
        if (ReadSome(process, source, destination, size) == size)
        {
            return 0;
        }

        new Span<byte>(destination, checked((int)size)).Clear();
        return -(long)Errno.EFAULT;
    }

    /// <summary>
    /// Copies a string until its NUL or until the destination is full, which then ends in a NUL all the same; nothing is written after the NUL. A
    /// fault zeroes the whole destination.
    /// </summary>
    /// <returns>The length, NUL included; -EFAULT; 0 for no destination.</returns>
    public static long ReadString(int process, ulong source, byte* destination, nuint size)
    {
        byte* chunk = stackalloc byte[MaxChunk];
        nuint done = 0;
        while (done < size)
        {
            // Never across a page's end: the string may end just before memory that is not there.
            nuint most = nuint.Min(size - done, MaxChunk - (nuint)((source + done) % MaxChunk));
            if (ReadSome(process, source + done, chunk, most) != most)
            {
                new Span<byte>(destination, checked((int)size)).Clear();
                return -(long)Errno.EFAULT;
            }

            var read = new ReadOnlySpan<byte>(chunk, (int)most);
            int end = read.IndexOf((byte)0);
            read = end < 0 ? read : read[..(end + 1)];
            read.CopyTo(new Span<byte>(destination + done, read.Length));
            done += (nuint)read.Length;
            if (end >= 0)
            {
                return (long)done;
            }
        }

        if (size > 0)
        {
            destination[size - 1] = 0;
        }

        return (long)size;
    }

    /// <returns>Bytes read from the start.</returns>
    private static nuint ReadSome(int process, ulong source, byte* destination, nuint size)
    {
        if (size == 0 || !OperatingSystem.IsLinux())
        {
            return 0;
        }

        var local = new LinuxCalls.Piece { Address = destination, Length = size };
        var remote = new LinuxCalls.Piece { Address = (void*)source, Length = size };
        nint read = LinuxCalls.ReadMemory(process, &local, 1, &remote, 1, 0);
        return read < 0 ? 0 : (nuint)read;
    }
}
