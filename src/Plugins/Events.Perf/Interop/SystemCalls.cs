using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Skep.Events.Interop;

/// <summary>struct pollfd of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollRequest
{
    public const short In = 1;

    public int Descriptor;
    public short Events;
    public short Returned;
}

/// <summary>
/// The system calls behind the events. Each gives an errno(3) number, 0 for success, because what an error means is for the caller to say. Calls that
/// C libraries do not wrap go through syscall(2), which glibc and musl both have.
/// </summary>
internal static unsafe partial class SystemCalls
{
    public const int PermissionDenied = 13; // EACCES
    public const int NotPermitted = 1; // EPERM

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int Interrupted = 4; // EINTR

    private const nint FsOpen = 430;
    private const nint FsConfig = 431;
    private const nint FsMount = 432;
    private const nint FsConfigCreate = 6;

    private const int ProtectionReadWrite = 3;
    private const int MapShared = 1;

    private const nuint EnableRequest = 0x2400;
    private const nuint DisableRequest = 0x2401;
    private const nuint SetFilterRequest = 0x4008_2406;

    // asm/unistd_64.h and asm-generic/unistd.h; the calls since 5.1 have one number everywhere.
    private static readonly (nint PerfEventOpen, nint GetThreadId) Numbers = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (298, 186),
        Architecture.Arm64 => (241, 178),
        _ => (-1, -1),
    };

    /// <summary>Whether the calls can be made at all: Linux on x64 or arm64.</summary>
    public static bool AreKnown => OperatingSystem.IsLinux() && Numbers.PerfEventOpen >= 0;

    /// <summary>The calling thread as the kernel numbers it in the caller's pid namespace.</summary>
    public static int ThreadId => (int)Syscall(Numbers.GetThreadId, 0, 0, 0, 0, 0);

    /// <summary>perf_event_open(2) for all threads on one CPU.</summary>
    public static int OpenPerfEvent(in PerfEventAttributes attributes, int cpu, out SafeFileHandle handle)
    {
        const nint AllThreads = -1;
        const nint NoGroup = -1;
        const nint CloseOnExecFlag = 8;
        fixed (PerfEventAttributes* pointer = &attributes)
        {
            nint result = Syscall(Numbers.PerfEventOpen, (nint)pointer, AllThreads, cpu, NoGroup, CloseOnExecFlag);
            return Own(result, out handle);
        }
    }

    /// <summary>Makes a mount of a file system that no path leads to: it is gone when the handle is closed. fsopen(2), fsmount(2); Linux 5.2.</summary>
    public static int MountDetached(string fileSystem, out SafeFileHandle mount)
    {
        mount = new SafeFileHandle();
        int error;
        SafeFileHandle context;
        fixed (byte* name = Encoding.UTF8.GetBytes(fileSystem + '\0'))
        {
            error = Own(Syscall(FsOpen, (nint)name, 1, 0, 0, 0), out context);
        }

        using (context)
        {
            if (error != 0)
            {
                return error;
            }

            nint descriptor = context.DangerousGetHandle();
            return Syscall(FsConfig, descriptor, FsConfigCreate, 0, 0, 0) < 0
                ? Marshal.GetLastPInvokeError()
                : Own(Syscall(FsMount, descriptor, 1, 0, 0, 0), out mount);
        }
    }

    public static int Map(SafeFileHandle file, nuint length, out nint address)
    {
        address = MapMemory(0, length, ProtectionReadWrite, MapShared, file, 0);
        return address == -1 ? Marshal.GetLastPInvokeError() : 0;
    }

    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int Unmap(nint address, nuint length);

    public static int Enable(SafeFileHandle perfEvent) => Check(Control(perfEvent, EnableRequest, 0));

    /// <summary>When it returns, the event writes no more.</summary>
    public static int Disable(SafeFileHandle perfEvent) => Check(Control(perfEvent, DisableRequest, 0));

    /// <summary>Sets the filter that the kernel applies before it writes a record. Possible once an event.</summary>
    public static int SetFilter(SafeFileHandle perfEvent, string filter)
    {
        fixed (byte* text = Encoding.ASCII.GetBytes(filter + '\0'))
        {
            return Check(Control(perfEvent, SetFilterRequest, (nint)text));
        }
    }

    public static int CreateWakeSignal(out SafeFileHandle signal) => Own(EventFd(0, CloseOnExec | NonBlocking), out signal);

    public static void RaiseWakeSignal(SafeFileHandle signal)
    {
        ulong one = 1;
        _ = Write(signal, &one, sizeof(ulong));
    }

    public static void ClearWakeSignal(SafeFileHandle signal) => TryRead(signal, stackalloc ulong[1]);

    /// <summary>Reads exactly as many numbers as fit; false when there were fewer.</summary>
    public static bool TryRead(SafeFileHandle file, Span<ulong> numbers)
    {
        nuint size = (nuint)numbers.Length * sizeof(ulong);
        fixed (ulong* pointer = numbers)
        {
            return Read(file, pointer, size) == (nint)size;
        }
    }

    /// <summary>Waits until a descriptor has news; an interruption counts as none.</summary>
    /// <param name="timeoutMilliseconds">Negative for no end.</param>
    public static int Wait(Span<PollRequest> requests, int timeoutMilliseconds)
    {
        fixed (PollRequest* pointer = requests)
        {
            if (Poll(pointer, (nuint)requests.Length, timeoutMilliseconds) >= 0)
            {
                return 0;
            }
        }

        int error = Marshal.GetLastPInvokeError();
        if (error != Interrupted)
        {
            return error;
        }

        foreach (ref PollRequest request in requests)
        {
            request.Returned = 0;
        }

        return 0;
    }

    private static int Own(nint result, out SafeFileHandle handle)
    {
        int error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        handle = new SafeFileHandle(result < 0 ? -1 : result, ownsHandle: true);
        return error;
    }

    private static int Check(int result) => result < 0 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapMemory(nint address, nuint length, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollRequest* requests, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, void* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, void* buffer, nuint size);
}
