using System.Runtime.InteropServices;

namespace Skep.Contracts;

/// <summary>
/// Who and where an event came from. Helpers such as <c>bpf_get_current_pid_tgid</c> speak of the event's process, which need not be the
/// thread that runs the program: a source that knows fills it in, others use <see cref="None"/> and helpers ask the running thread.
/// </summary>
[StructLayout(LayoutKind.Sequential)] // Code knows some members by InvocationLayout.
public readonly record struct EventOrigin
{
    /// <summary>The event happened on the thread that runs the program.</summary>
    public static readonly EventOrigin None;

    /// <summary>Whether the source filled the other members in.</summary>
    public bool IsKnown { get; init; }

    /// <summary>The process id (kernel: tgid), as seen from the initial pid namespace of the reader.</summary>
    public int ProcessId { get; init; }

    /// <summary>The thread id (kernel: pid).</summary>
    public int ThreadId { get; init; }

    public int Cpu { get; init; }

    /// <summary>When it happened on the monotonic clock, in nanoseconds; 0 when unknown.</summary>
    public long TimestampNanoseconds { get; init; }
}
