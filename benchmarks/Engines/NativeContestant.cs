using System.Runtime.InteropServices;

namespace Skep.Benchmarks.Engines;

/// <summary>The same C as clang compiles it for this machine, called in a loop that is C too.</summary>
internal sealed unsafe class NativeContestant : IContestant
{
    private readonly delegate* unmanaged<void*, void*, nint, int*, double> _time;
    private readonly void* _program;
    private readonly byte* _packet;
    private readonly ulong* _context;

    public NativeContestant(NativeLibraryHandle library, string name, byte[] packet)
    {
        _time = (delegate* unmanaged<void*, void*, nint, int*, double>)library.Find("time_runs");
        _program = (void*)library.Find("program_" + name);
        _packet = (byte*)NativeMemory.AlignedAlloc((nuint)packet.Length, 64);
        packet.CopyTo(new Span<byte>(_packet, packet.Length));
        _context = (ulong*)NativeMemory.Alloc(2 * sizeof(ulong));
        _context[0] = (ulong)_packet;
        _context[1] = (ulong)(_packet + packet.Length);
    }

    public string Engine => "native";

    public (double Nanoseconds, uint Result) Run(int runs)
    {
        int result;
        double nanoseconds = _time(_program, _context, runs, &result);
        return (nanoseconds / runs, (uint)result);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_packet);
        NativeMemory.Free(_context);
    }
}
