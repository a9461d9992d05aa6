using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skep.Execution.Native;

/// <summary>
/// Linux: code is the content of a file without a name (memfd_create), which is mapped to be read and executed, never to be written. Bytes get in by writing to the file: the
/// system writes to its pages through its own addresses, and this process has no writable address of code at any time. Programs may run in pages that are written.
/// </summary>
internal sealed partial class FileMemory : IExecutableMemory
{
    private const int Alignment = 64;
    private const uint CloseOnExec = 1;

    // The file itself can't be run as a program (vm.memfd_noexec asks for it); mapping it executable is another matter. Since Linux 6.3.
    private const uint NotAProgram = 8;

    private static readonly int Page = Environment.SystemPageSize;

    public string Name => "memfd";

    public int Granularity => Alignment;

    /// <summary>
    /// Whether this system lets a process execute what it wrote to such a file, and notices when it is written again; SELinux policies and seccomp filters may not let it, and
    /// emulators may not notice.
    /// </summary>
    public static bool IsOffered()
    {
        try
        {
            return RewriteProbe.Succeeds(new FileMemory());
        }
        catch (CodeMemoryException)
        {
            return false;
        }
    }

    public ExecutableRange Reserve(int length, ReadOnlySpan<byte> fill, nint hint)
    {
        SafeFileHandle file = CreateFile();
        nint reserved = 0;
        long whole = (long)length + 2 * Page;
        try
        {
            // Written first and mapped afterwards: whoever relies on fresh pages being clean in the instruction cache may (InstructionCache).
            FillPattern.Repeat(fill, length, (offset, bytes) => Write(file, offset, bytes));
            reserved = PosixCalls.ReserveAddresses(whole, hint);
            nint address = reserved + Page;
            int protection = PosixCalls.ProtectionRead | PosixCalls.ProtectionExecute;
            if (PosixCalls.Map(address, (nuint)length, protection, PosixCalls.MapShared | PosixCalls.MapFixed, file, 0) != address)
            {
                throw PosixCalls.Refused($"mapping {length:N0} bytes of code", "mmap");
            }

            return new ExecutableRange(address, length, file);
        }
        catch
        {
            if (reserved != 0)
            {
                _ = PosixCalls.Unmap(reserved, (nuint)whole);
            }

            file.Dispose();
            throw;
        }
    }

    public void Write(ExecutableRange range, int offset, ReadOnlySpan<byte> bytes) => Write(range.File!, offset, bytes);

    public void Release(ExecutableRange range)
    {
        _ = PosixCalls.Unmap(range.Address - Page, (nuint)((long)range.Length + 2 * Page));
        range.File!.Dispose();
    }

    private static void Write(SafeFileHandle file, long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CodeMemoryException($"The system refused to write {bytes.Length:N0} bytes of code to its file: {failure.Message}");
        }
    }

    private static SafeFileHandle CreateFile()
    {
        int descriptor = CreateMemoryFile("skep-code", CloseOnExec | NotAProgram);
        if (descriptor < 0)
        {
            descriptor = CreateMemoryFile("skep-code", CloseOnExec);
        }

        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw PosixCalls.Refused("a file for code", "memfd_create");
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
