using System.Runtime.InteropServices;

namespace Skep.Helpers.Machine;

/// <summary>The C function behind <see cref="TimeProvider.GetTimestamp"/> of the system's time provider.</summary>
internal static class NativeClock
{
    private const string Library = "libSystem.Native";
    private const string Function = "SystemNative_GetTimestamp";

    private static readonly Lazy<nint> Found = new(Find);

    /// <summary>0 where there is none, or where it does not count nanoseconds.</summary>
    public static nint Address => Found.Value;

    private static nint Find()
    {
        bool isNanoseconds = OperatingSystem.IsLinux() && TimeProvider.System.TimestampFrequency == 1_000_000_000;
        return isNanoseconds && NativeLibrary.TryLoad(Library, typeof(object).Assembly, null, out nint library)
            && NativeLibrary.TryGetExport(library, Function, out nint address) ? address : 0;
    }
}
