using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Skep.Execution.Native;

/// <summary>Windows: a program's pages are its own, writable while they are written and executable afterwards.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe partial class WindowsMemory : IExecutableMemory
{
    private const uint Commit = 0x1000;
    private const uint ReserveOnly = 0x2000;
    private const uint ReleaseAll = 0x8000;
    private const uint NoAccess = 0x01;
    private const uint ReadWrite = 0x04;
    private const uint ExecuteRead = 0x20;

    // Reservations begin at multiples of it.
    private const nint AllocationGranularity = 1 << 16;

    private static readonly int Page = Environment.SystemPageSize;

    public string Name => "protection flips";

    public int Granularity => Page;

    public ExecutableRange Reserve(int length, ReadOnlySpan<byte> fill, nint hint)
    {
        nuint whole = (nuint)((long)length + 2 * Page);
        nint reserved = Allocate(hint & -AllocationGranularity, whole, ReserveOnly, NoAccess);
        reserved = reserved != 0 || hint == 0 ? reserved : Allocate(0, whole, ReserveOnly, NoAccess);
        if (reserved == 0)
        {
            throw Refused($"reserving {length:N0} bytes of addresses for code", "VirtualAlloc");
        }

        try
        {
            // The pages before and behind stay reserved without memory: touching them is an access violation.
            nint address = reserved + Page;
            if (Allocate(address, (nuint)length, Commit, ReadWrite) == 0)
            {
                throw Refused($"{length:N0} bytes of memory for code", "VirtualAlloc");
            }

            FillPattern.Fill(new Span<byte>((void*)address, length), fill);
            Protect(address, length, ExecuteRead);
            return new ExecutableRange(address, length);
        }
        catch
        {
            _ = Free(reserved, 0, ReleaseAll);
            throw;
        }
    }

    public void Write(ExecutableRange range, int offset, ReadOnlySpan<byte> bytes)
    {
        nint address = range.Address + offset;
        Protect(address, bytes.Length, ReadWrite);
        bytes.CopyTo(new Span<byte>((void*)address, bytes.Length));
        Protect(address, bytes.Length, ExecuteRead);
    }

    public void Release(ExecutableRange range) => _ = Free(range.Address - Page, 0, ReleaseAll);

    private static void Protect(nint address, int length, uint protection)
    {
        if (ChangeProtection(address, (nuint)length, protection, out _) == 0)
        {
            throw Refused($"changing the protection of {length:N0} bytes of code", "VirtualProtect");
        }
    }

    private static CodeMemoryException Refused(string attempt, string call)
    {
        int error = Marshal.GetLastPInvokeError();
        return new CodeMemoryException($"The system refused {attempt} ({call}: error {error}, {Marshal.GetPInvokeErrorMessage(error)}). "
            + "A policy against dynamic code may be set for this process: lift it, or use the interpreter.");
    }

    [LibraryImport("kernel32", EntryPoint = "VirtualAlloc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint Allocate(nint address, nuint size, uint kind, uint protection);

    [LibraryImport("kernel32", EntryPoint = "VirtualProtect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int ChangeProtection(nint address, nuint size, uint protection, out uint previous);

    [LibraryImport("kernel32", EntryPoint = "VirtualFree", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Free(nint address, nuint size, uint kind);
}
