using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Maps;

/// <summary>What all arrays have in common: the index as key, and entries that are always there (kernel/bpf/arraymap.c).</summary>
internal static class ArrayRules
{
    /// <summary>Programs and user code alike; the order of the tests is the kernel's and decides which error is seen.</summary>
    public static Errno CheckUpdate(uint index, uint entries, ulong flags, bool hasLock = false)
    {
        if ((flags & ~(ulong)MapUpdateFlags.Lock) > (ulong)MapUpdateFlags.Exist)
        {
            return Errno.EINVAL;
        }

        if (index >= entries)
        {
            return Errno.E2BIG;
        }

        if ((flags & (ulong)MapUpdateFlags.NoExist) != 0)
        {
            return Errno.EEXIST;
        }

        return (flags & (ulong)MapUpdateFlags.Lock) != 0 && !hasLock ? Errno.EINVAL : Errno.None;
    }

    /// <summary>The index after <paramref name="key"/>; from a key that is no index, the first.</summary>
    public static Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next, uint entries)
    {
        if (next.Length != sizeof(uint) || (!key.IsEmpty && key.Length != sizeof(uint)))
        {
            return Errno.EINVAL;
        }

        uint index = key.IsEmpty ? uint.MaxValue : MemoryMarshal.Read<uint>(key);
        if (index == entries - 1)
        {
            return Errno.ENOENT;
        }

        MemoryMarshal.Write(next, index >= entries ? 0 : index + 1);
        return Errno.None;
    }
}
