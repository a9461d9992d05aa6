using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Skep.Execution.Native;

/// <summary>Makes new code visible to the processors: what they fetch after <see cref="Publish"/> is what was written before it.</summary>
internal abstract class InstructionCache : IDisposable
{
    /// <param name="memory">Where the code lies; Linux on arm64 keeps some code of its own in it until the instance is disposed.</param>
    public static InstructionCache Create(IExecutableMemory memory)
    {
        if (OperatingSystem.IsWindows())
        {
            return new WindowsInstructionCache();
        }

        return OperatingSystem.IsMacOS() ? new AppleInstructionCache() : new LinuxInstructionCache(memory);
    }

    /// <summary>Call it after writing and before the first call of the code. No thread executes the bytes meanwhile.</summary>
    public abstract void Publish(nint address, int length);

    public virtual void Dispose()
    {
    }
}

[SupportedOSPlatform("windows")]
internal sealed partial class WindowsInstructionCache : InstructionCache
{
    private const nint CurrentProcess = -1;

    public override void Publish(nint address, int length) => _ = Flush(CurrentProcess, address, (nuint)length);

    [LibraryImport("kernel32", EntryPoint = "FlushInstructionCache")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Flush(nint process, nint address, nuint size);
}

[SupportedOSPlatform("macos")]
internal sealed partial class AppleInstructionCache : InstructionCache
{
    public override void Publish(nint address, int length) => Invalidate(address, (nuint)length);

    [LibraryImport("libSystem", EntryPoint = "sys_icache_invalidate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void Invalidate(nint address, nuint size);
}
