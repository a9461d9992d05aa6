using System.Diagnostics;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Benchmarks.Engines;

/// <summary>A program as a host runs it: loaded with an engine of choice, called by <see cref="LoadedProgram.Run"/> on a context that is ready.</summary>
internal sealed unsafe class SkepContestant : IContestant
{
    private const int Alignment = 16;

    private readonly LoadedObject _object;
    private readonly LoadedProgram _program;
    private readonly void* _packet;
    private readonly void* _scratch;
    private readonly ProgramEntry _entry;

    private SkepContestant(LoadedObject loaded, byte[] packet)
    {
        _object = loaded;
        _program = loaded.Programs[0];
        _packet = NativeMemory.Alloc((nuint)packet.Length);
        packet.CopyTo(new Span<byte>(_packet, packet.Length));
        _scratch = NativeMemory.AlignedAlloc((nuint)_program.ProgramType.Descriptor.Context.HostSize, Alignment);
        _entry = _program.ProgramType.Enter(new MemoryRegion((nint)_packet, (nuint)packet.Length, MemoryAccess.ReadWrite), (nint)_scratch);
    }

    public string Engine => _program.Engine;

    public LoadedProgram Program => _program;

    /// <returns>Null where another engine than that took the program; then <paramref name="problem"/> says why.</returns>
    /// <exception cref="FindingsException">The verifier refuses it.</exception>
    public static SkepContestant? TryLoad(SkepRuntime runtime, ObjectSpec spec, byte[] packet, string engine, out string problem)
    {
        Result<LoadedObject> loaded = runtime.Load(spec, new LoadOptions { Engine = engine });
        LoadedObject value = loaded.GetOrThrow();
        problem = string.Join("; ", loaded.Findings.Select(finding => finding.Message));
        if (value.Programs[0].Engine == engine)
        {
            return new SkepContestant(value, packet);
        }

        value.Dispose();
        return null;
    }

    public (double Nanoseconds, uint Result) Run(int runs)
    {
        ProgramEntry entry = _entry;
        LoadedProgram program = _program;
        var last = default(RunResult);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < runs; i++)
        {
            last = program.Run(entry);
        }

        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / runs;
        return last.Trap == Trap.None ? (nanoseconds, (uint)last.Value) : throw new InvalidOperationException($"{_program.Name} trapped in {Engine}: {last.Trap}");
    }

    public void Dispose()
    {
        _object.Dispose();
        NativeMemory.Free(_packet);
        NativeMemory.AlignedFree(_scratch);
    }
}
