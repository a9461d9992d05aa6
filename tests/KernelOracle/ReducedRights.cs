using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Skep.KernelOracle;

/// <summary>
/// Calls with the rights to load network programs and no more: pointers must not leak, and stack that nobody wrote must not
/// be read. Those are what CAP_PERFMON would allow.
/// </summary>
public static unsafe partial class ReducedRights
{
    private const int CapNetAdmin = 12;
    private const int CapBpf = 39;
    private const uint Version3 = 0x20080522;

    private static readonly int CapsetNumber = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 126,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 91,
        _ => -1,
    };

    /// <summary>
    /// Runs <paramref name="action"/> with CAP_BPF and CAP_NET_ADMIN alone, on a thread of its own: capset(2) concerns the calling
    /// thread, and what a thread gave up it does not get back.
    /// </summary>
    /// <exception cref="InvalidOperationException">The rights could not be given up.</exception>
    public static T Run<T>(Func<T> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                GiveUp();
                result = action();
            }
#pragma warning disable CA1031 // Whatever it is, it is thrown again on the caller's thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static void GiveUp()
    {
        // struct __user_cap_data_struct: effective, permitted, inheritable; twice, for 64 rights.
        ReadOnlySpan<uint> header = [Version3, 0];
        ReadOnlySpan<uint> data =
        [
            1u << CapNetAdmin, 1u << CapNetAdmin, 0,
            1u << (CapBpf - 32), 1u << (CapBpf - 32), 0,
        ];
        fixed (uint* headerPointer = header, dataPointer = data)
        {
            if (CapsetNumber < 0 || Syscall(CapsetNumber, headerPointer, dataPointer) != 0)
            {
                throw new InvalidOperationException($"capset(2) failed with {(Errno)Marshal.GetLastPInvokeError()}");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, void* header, void* data);
}
