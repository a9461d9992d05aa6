using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skep.Execution.Native;

/// <summary>The calls of POSIX systems that executable memory needs, with the numbers of Linux and macOS.</summary>
internal static partial class PosixCalls
{
    public const int ProtectionNone = 0;
    public const int ProtectionRead = 1;
    public const int ProtectionWrite = 2;
    public const int ProtectionExecute = 4;

    public const int MapShared = 1;
    public const int MapPrivate = 2;
    public const int MapFixed = 0x10;

    private const nint Failed = -1;

    public static int MapAnonymous => OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    /// <summary>A range of addresses behind which is nothing: touching it ends in SIGSEGV, and it costs no memory.</summary>
    /// <param name="hint">Where it should lie; 0 leaves it to the system.</param>
    /// <exception cref="CodeMemoryException">The system refused.</exception>
    public static nint ReserveAddresses(long length, nint hint)
        => Map(hint, (nuint)length, ProtectionNone, MapPrivate | MapAnonymous, -1, 0) is nint address and not Failed
            ? address
            : throw Refused($"reserving {length:N0} bytes of addresses for code", "mmap");

    /// <exception cref="CodeMemoryException">The system refused.</exception>
    public static void Protect(nint address, long length, int protection)
    {
        if (ChangeProtection(address, (nuint)length, protection) != 0)
        {
            throw Refused($"{(protection == (ProtectionRead | ProtectionExecute) ? "making code executable" : "making code writable")}, {length:N0} bytes", "mprotect");
        }
    }

    /// <summary>The exception for the call that just failed.</summary>
    /// <param name="attempt">What was attempted, as a phrase: <c>reserving 10 bytes</c>.</param>
    public static CodeMemoryException Refused(string attempt, string call)
    {
        int error = Marshal.GetLastPInvokeError();
        return new CodeMemoryException($"The system refused {attempt} ({call}: error {error}, {Marshal.GetPInvokeErrorMessage(error)}). "
            + "A sandbox or its policy may forbid executable memory: allow it, or use the cil back end or the interpreter.");
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeProtection(nint address, nuint length, int protection);
}
