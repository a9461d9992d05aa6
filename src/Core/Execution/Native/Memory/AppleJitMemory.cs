using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Skep.Execution.Native;

/// <summary>
/// macOS on Apple's processors, in programs compiled ahead of time: memory mapped with MAP_JIT, which a thread can either write or execute. The hardened runtime grants it
/// with the entitlement <c>com.apple.security.cs.allow-jit</c> alone.
/// </summary>
[SupportedOSPlatform("macos")]
internal sealed unsafe partial class AppleJitMemory : IExecutableMemory
{
    private const int MapJit = 0x800;

    private static readonly int Page = Environment.SystemPageSize;

    public string Name => "MAP_JIT";

    public int Granularity => 64;

    public ExecutableRange Reserve(int length, ReadOnlySpan<byte> fill, nint hint)
    {
        // MAP_JIT can't be laid over addresses that are taken (MAP_FIXED), so the guard pages are part of the same mapping.
        long whole = (long)length + 2 * Page;
        int protection = PosixCalls.ProtectionRead | PosixCalls.ProtectionWrite | PosixCalls.ProtectionExecute;
        nint reserved = PosixCalls.Map(hint, (nuint)whole, protection, PosixCalls.MapPrivate | PosixCalls.MapAnonymous | MapJit, -1, 0);
        if (reserved == -1)
        {
            throw PosixCalls.Refused($"mapping {length:N0} bytes of code", "mmap");
        }

        try
        {
            PosixCalls.Protect(reserved, Page, PosixCalls.ProtectionNone);
            PosixCalls.Protect(reserved + Page + length, Page, PosixCalls.ProtectionNone);
            var range = new ExecutableRange(reserved + Page, length);
            byte[] content = new byte[length];
            FillPattern.Fill(content, fill);
            Write(range, 0, content);
            return range;
        }
        catch
        {
            _ = PosixCalls.Unmap(reserved, (nuint)whole);
            throw;
        }
    }

    public void Write(ExecutableRange range, int offset, ReadOnlySpan<byte> bytes)
    {
        // Of this thread only: others go on executing what lies in these pages.
        ProtectFromWriting(0);
        bytes.CopyTo(new Span<byte>((void*)(range.Address + offset), bytes.Length));
        ProtectFromWriting(1);
    }

    public void Release(ExecutableRange range) => _ = PosixCalls.Unmap(range.Address - Page, (nuint)((long)range.Length + 2 * Page));

    [LibraryImport("libc", EntryPoint = "pthread_jit_write_protect_np")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void ProtectFromWriting(int isProtected);
}
