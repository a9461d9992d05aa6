using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Skep.Helpers.Machine;

/// <summary>The C library's calls that .NET does not offer.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LinuxCalls
{
    /// <summary><c>struct timespec</c> of a 64-bit system.</summary>
    public struct TimeSpecification
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    /// <summary><c>struct iovec</c>.</summary>
    public struct Piece
    {
        public void* Address;
        public nuint Length;
    }

    /// <summary>gettid(2)</summary>
    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int GetThreadId();

    /// <summary>clock_gettime(2); 0, or -1.</summary>
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    public static partial int GetTime(int clock, out TimeSpecification time);

    /// <summary>process_vm_readv(2); bytes read, or -1.</summary>
    [LibraryImport("libc", EntryPoint = "process_vm_readv")]
    public static partial nint ReadMemory(int processId, Piece* local, nuint localCount, Piece* remote, nuint remoteCount, nuint flags);
}
