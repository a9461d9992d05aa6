using System.Runtime.InteropServices;

namespace Skep.Benchmarks.Engines;

/// <summary>The library of native programs.</summary>
internal sealed unsafe class NativeLibraryHandle(string path) : IDisposable
{
    private readonly nint _handle = NativeLibrary.Load(path);

    public nint Find(string symbol) => NativeLibrary.GetExport(_handle, symbol);

    /// <summary>Nanoseconds of one reading of the monotonic clock in C.</summary>
    public double TimeClock(int calls) => ((delegate* unmanaged<nint, double>)Find("time_clock"))(calls) / calls;

    /// <summary>Nanoseconds of a call of a function that does nothing, in C through a pointer.</summary>
    public double TimeEmpty(int calls)
    {
        int result;
        return ((delegate* unmanaged<nint, void*, nint, int*, double>)Find("time_runs"))(Find("empty"), null, calls, &result) / calls;
    }

    public void Dispose() => NativeLibrary.Free(_handle);
}
