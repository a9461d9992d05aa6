using Skep.KernelOracle;
using Skep.Programs;
using Skep.TestPrograms.Objects;
using Errno = Skep.KernelOracle.Errno;

namespace Skep.Benchmarks.Engines;

/// <summary>The same object in the running kernel, repeated by BPF_PROG_TEST_RUN, which tells the mean time in whole nanoseconds.</summary>
internal sealed class KernelContestant : IContestant
{
    private readonly KernelObject _object;
    private readonly KernelProgram _program;
    private readonly byte[] _packet;

    private KernelContestant(KernelObject kernel, KernelProgram program, byte[] packet)
    {
        _object = kernel;
        _program = program;
        _packet = packet;
    }

    public string Engine => "kernel";

    public static KernelContestant? TryLoad(ObjectSpec spec, byte[] packet, out string problem)
    {
        var kernel = new KernelObject(spec);
        KernelLoadResult loaded = kernel.Load(spec.Programs[0], KernelProgramType.Xdp, attachType: 0, KernelLogLevel.None);
        problem = "";
        Fill(kernel, spec, loaded);
        if (loaded.IsAccepted)
        {
            return loaded.Program.GetInfo().IsJited ? new KernelContestant(kernel, loaded.Program, packet) : throw new NotSupportedException("the kernel's JIT is off (net.core.bpf_jit_enable)");
        }

        problem = $"the kernel refuses it: {loaded.Error} {loaded.Complaint}";
        kernel.Dispose();
        return null;
    }

    public (double Nanoseconds, uint Result) Run(int runs)
    {
        KernelRunResult run = _program.TestRun(_packet, runs);
        return run.Error == Errno.None ? (run.DurationNanoseconds, run.ReturnValue) : throw new InvalidOperationException($"BPF_PROG_TEST_RUN failed with {run.Error}");
    }

    /// <summary>The program as an element of program arrays: others there are none.</summary>
    private static void Fill(KernelObject kernel, ObjectSpec spec, KernelLoadResult loaded)
    {
        foreach (MapSpec map in loaded.IsAccepted ? spec.Maps : [])
        {
            foreach (MapSlotInitializer slot in map.Slots)
            {
                Errno error = kernel.Map(map.Name).Update(BitConverter.GetBytes(slot.Index), BitConverter.GetBytes(loaded.Program!.Fd));
                if (error != Errno.None)
                {
                    throw new InvalidOperationException($"filling the map {map.Name} failed with {error}");
                }
            }
        }
    }

    public void Dispose()
    {
        _program.Dispose();
        _object.Dispose();
    }
}
