using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Runtime;

namespace Skep.Execution.Native;

/// <summary>Which of the ways to get code into memory this system has.</summary>
internal static class ExecutableMemory
{
    /// <exception cref="CodeMemoryException">There is none for this system.</exception>
    public static IExecutableMemory Create(CodeArenaOptions options)
    {
        if (OperatingSystem.IsLinux())
        {
            // perf looks into its map for memory without a file only; a file in memory it takes for a library that is gone.
            return !options.PerfMap && FileMemory.IsOffered() ? new FileMemory() : new FlippedMemory();
        }

        if (OperatingSystem.IsMacOS())
        {
            // The switch of MAP_JIT takes the calling thread's right to execute what any just-in-time compiler made, .NET's own included: code that was compiled
            // ahead of time alone may use it.
            return RuntimeInformation.ProcessArchitecture == Architecture.Arm64 && !RuntimeFeature.IsDynamicCodeCompiled
                ? new AppleJitMemory()
                : new FlippedMemory();
        }

        return OperatingSystem.IsWindows()
            ? new WindowsMemory()
            : throw new CodeMemoryException($"Machine code can't be installed on {RuntimeInformation.OSDescription}: use the cil back end or the interpreter.");
    }
}
