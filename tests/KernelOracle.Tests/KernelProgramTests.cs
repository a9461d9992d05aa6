namespace Skep.KernelOracle.Tests;

public sealed class KernelProgramTests
{
    private static readonly ulong[] ReturnSeven = [Slots.MovImmediate(0, 7), Slots.Exit];

    public KernelProgramTests() => Assert.SkipUnless(Kernel.IsAvailable(out string reason), reason);

    [Fact]
    public void An_accepted_program_runs_on_a_packet_and_is_timed()
    {
        using KernelProgram program =
            KernelProgram.TryLoad(ReturnSeven, KernelProgramType.SchedCls, name: "seven").RequireProgram();
        byte[] packet = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];

        KernelRunResult run = program.TestRun(packet, repeat: 1000);

        Assert.Equal(Errno.None, run.Error);
        Assert.Equal(7u, run.ReturnValue);
        Assert.Equal(packet, run.DataOut);
        Assert.InRange(run.DurationNanoseconds, 1u, 1_000_000u);
    }

    [Fact]
    public void An_accepted_program_is_described()
    {
        KernelLoadResult result = KernelProgram.TryLoad(ReturnSeven, KernelProgramType.SocketFilter, name: "seven");
        using KernelProgram program = result.RequireProgram();

        KernelProgramInfo info = program.GetInfo();

        Assert.Equal(("seven", KernelProgramType.SocketFilter, 16), (info.Name, info.Type, info.XlatedLength));
        Assert.NotEqual(0u, info.Id);
        Assert.Matches("^[0-9a-f]{16}$", info.Tag);
        Assert.Equal(2, info.VerifiedInstructions);
        Assert.Equal(2, result.Statistics?.ProcessedInstructions);
        Assert.Equal(ReturnSeven, program.DumpXlated());
    }

    [Fact]
    public void A_refused_program_gives_errno_and_log()
    {
        ulong[] uninitialised = [Slots.Mov(0, 3), Slots.Exit];

        KernelLoadResult result = KernelProgram.TryLoad(uninitialised, KernelProgramType.SocketFilter);

        Assert.False(result.IsAccepted);
        Assert.Equal(Errno.EACCES, result.Error);
        Assert.Equal("R3 !read_ok", result.Complaint);
        Assert.Equal(1, result.Statistics?.ProcessedInstructions);
    }

    [Fact]
    public void Without_a_log_the_verdict_is_the_same()
    {
        KernelLoadResult result =
            KernelProgram.TryLoad([Slots.Exit], KernelProgramType.SocketFilter, logLevel: KernelLogLevel.None);

        Assert.Equal((Errno.EACCES, ""), (result.Error, result.Log));
        Assert.Null(result.Statistics);
    }

    [Fact]
    public void A_log_larger_than_the_first_buffer_is_whole()
    {
        ulong[] slots = [.. Enumerable.Repeat(Slots.MovImmediate(0, 1), 4000), Slots.Exit];

        KernelLoadResult result = KernelProgram.TryLoad(
            slots, KernelProgramType.SocketFilter, logLevel: KernelLogLevel.Level2 | KernelLogLevel.Stats);
        using KernelProgram program = result.RequireProgram();

        Assert.InRange(result.Log.Length, 65 * 1024, int.MaxValue);
        Assert.Contains("0: (b7) r0 = 1", result.Log, StringComparison.Ordinal);
        Assert.Equal(4001, result.Statistics?.ProcessedInstructions);
    }

    [Fact]
    public void A_gpl_only_helper_is_refused_to_a_proprietary_program()
    {
        ulong[] callProbeReadKernel =
        [
            Slots.Mov(1, 10),
            Slots.Encode(0x07, 1, immediate: -8),
            Slots.MovImmediate(2, 8),
            Slots.MovImmediate(3, 0),
            Slots.Encode(0x85, immediate: 113),
            Slots.MovImmediate(0, 0),
            Slots.Exit,
        ];

        KernelLoadResult refused =
            KernelProgram.TryLoad(callProbeReadKernel, KernelProgramType.Kprobe, license: "Proprietary");
        KernelLoadResult accepted = KernelProgram.TryLoad(callProbeReadKernel, KernelProgramType.Kprobe);
        accepted.Program?.Dispose();

        Assert.Equal(Errno.EINVAL, refused.Error);
        Assert.True(accepted.IsAccepted);
    }

    [Fact]
    public void A_raw_tracepoint_reads_its_context_and_gives_none_back()
    {
        ulong[] returnSecondArgument = [Slots.Load64(0, 1, 8), Slots.Exit];
        using KernelProgram program =
            KernelProgram.TryLoad(returnSecondArgument, KernelProgramType.RawTracepoint).RequireProgram();

        KernelRunResult run = program.TestRun(contextIn: [0, 0, 0, 0, 0, 0, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0]);

        Assert.Equal((Errno.None, 42u, 0), (run.Error, run.ReturnValue, run.ContextOut.Length));
    }

    [Fact]
    public void A_run_that_the_type_does_not_allow_gives_errno()
    {
        using KernelProgram program = KernelProgram.TryLoad(ReturnSeven, KernelProgramType.Tracepoint).RequireProgram();

        Assert.Equal(Errno.ENOTSUPP, program.TestRun(new byte[64]).Error);
    }
}
