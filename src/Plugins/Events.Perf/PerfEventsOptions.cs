using System.Numerics;

namespace Skep.Events;

/// <summary>Choices of a host for the kernel's events; a host that offers none gets the defaults.</summary>
public sealed record PerfEventsOptions
{
    public static readonly PerfEventsOptions Default = new();

    /// <summary>
    /// The buffer between the kernel and the reader, in bytes for each CPU and link: a power of two, raised to a page where it is smaller. A record of
    /// raw_syscalls takes about 100 bytes. The default is 2 MiB for root, and for others the 512 KiB that they may lock, all links together (sysctl
    /// kernel.perf_event_mlock_kb).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a power of two, or more than 1 GiB.</exception>
    public int BufferBytesPerCpu
    {
        get;
        init
        {
            if (!BitOperations.IsPow2(value) || value > 1 << 30)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The buffer is a power of two of at most 1 GiB, in bytes.");
            }

            field = value;
        }
    }
    = Environment.IsPrivilegedProcess ? 2 * 1024 * 1024 : 512 * 1024;
}
