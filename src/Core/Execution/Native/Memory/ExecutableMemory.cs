using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skep.Execution.Native;

/// <summary>Which of the ways to get code into memory this system has.</summary>
internal static class ExecutableMemory
{
    /// <exception cref="CodeMemoryException">There is none for this system.</exception>
    public static IExecutableMemory Create()
    {
        if (OperatingSystem.IsLinux())
        {
            return FileMemory.IsOffered() ? new FileMemory() : new FlippedMemory();
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
