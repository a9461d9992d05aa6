using System.Text;

using Microsoft.Win32.SafeHandles;

namespace Skep.KernelOracle;

/// <summary>Types in the kernel, held by their file descriptor and by the maps and programs that use them. Thread-safe.</summary>
public sealed unsafe class KernelBtf : IDisposable
{
    private const int LogSize = 64 * 1024;

    private readonly SafeFileHandle _handle;

    private KernelBtf(SafeFileHandle handle) => _handle = handle;

    /// <summary>The file descriptor; valid until disposed.</summary>
    public int Fd => (int)_handle.DangerousGetHandle();

    /// <summary>Has the kernel check and keep types (<c>BPF_BTF_LOAD</c>).</summary>
    /// <param name="bytes">Header, types and strings as in a <c>.BTF</c> section.</param>
    /// <exception cref="InvalidOperationException">They were refused; the message has the errno and the log.</exception>
    public static KernelBtf Load(ReadOnlySpan<byte> bytes)
    {
        byte[] log = new byte[LogSize];
        fixed (byte* pointer = bytes, logPointer = log)
        {
            var attributes = new BtfLoadAttributes
            {
                Btf = (ulong)pointer,
                BtfSize = (uint)bytes.Length,
                LogBuffer = (ulong)logPointer,
                LogSize = LogSize,
                LogLevel = 1,
            };
            int fd = BpfSystemCall.Call(BpfCommand.BtfLoad, ref attributes, out Errno error);
            return error == Errno.None
                ? new KernelBtf(new SafeFileHandle(fd, ownsHandle: true))
                : throw new InvalidOperationException($"the kernel refused the types with {error}:\n{Encoding.ASCII.GetString(log).TrimEnd('\0')}");
        }
    }

    /// <summary>Lets the kernel free the types, once nothing uses them.</summary>
    public void Dispose() => _handle.Dispose();
}
