using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Engines.Tests.Security;

/// <summary>What helpers do wrong stays theirs, and what a run holds when it ends is given back, in each engine.</summary>
public sealed class FaultTests
{
    private const string EndlessLoop = """
        turn:
        r8 *= 5
        r8 += 3
        r8 &= 1023
        if r8 < 2000 goto turn
        """;

    /// <summary>Holds a socket in r6.</summary>
    private const string Acquire = """
        *(u64 *)(r10 -16) = 0
        *(u64 *)(r10 -8) = 0
        r2 = r10
        r2 += -16
        r3 = 12
        r4 = 0
        r5 = 0
        call bpf_sk_lookup_tcp
        if r0 == 0 goto out
        r6 = r0
        """;

    public static TheoryData<string> Engines => HostileHost.EngineNames;

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_helper_that_throws_gives_an_error_and_is_counted(string engine)
    {
        using var host = new HostileHost();
        LoadedProgram program = host.Load(engine, """
            r6 = 0
            r7 = 0
            again:
            call bpf_ktime_get_ns
            r6 += r0
            r7 += 1
            if r7 < 10 goto again
            r0 = r6
            exit
            """);
        Assert.Equal(new RunResult(unchecked(10 * Errno.EFAULT.ToProgram()), Trap.None), host.Run(program));
        Assert.Equal(10, program.Statistics.HelperFaults);
        Assert.Contains("broken", program.Statistics.LastHelperFault, StringComparison.Ordinal);
        host.Run(program);
        Assert.Equal(20, program.Statistics.HelperFaults);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Helpers_that_throw_in_callbacks_of_callbacks_and_after_them(string engine)
    {
        using var host = new HostileHost();
        LoadedProgram program = host.Load(engine, """
            *(u64 *)(r10 -8) = 0
            r1 = 3
            r2 = func outer
            r3 = r10
            r3 += -8
            r4 = 7
            call bpf_loop
            r6 = r0
            r0 = *(u64 *)(r10 -8)
            r0 += r6
            exit
            outer:
            r6 = r2
            r1 = 2
            r2 = func inner
            r3 = r6
            r4 = 7
            call bpf_loop
            r0 = 0
            exit
            inner:
            r6 = r2
            call bpf_ktime_get_ns
            r1 = *(u64 *)(r6 +0)
            r1 += 100
            *(u64 *)(r6 +0) = r1
            r0 = 0
            exit
            """);
        Assert.Equal(new RunResult(unchecked(600 + Errno.EFAULT.ToProgram()), Trap.None), host.Run(program));

        // Six at the bottom, three loops in callbacks, and the outermost.
        Assert.Equal(10, program.Statistics.HelperFaults);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void What_a_run_holds_when_its_fuel_ends_is_released(string engine)
    {
        using var host = new HostileHost(limits: Limits.Default with { MaxFuel = 5000 });
        LoadedProgram program = host.Load(engine, $"""
            {Acquire}
            r8 = 1
            {EndlessLoop}
            r1 = r6
            call bpf_sk_release
            out:
            r0 = 0
            exit
            """);
        for (int run = 1; run <= 50; run++)
        {
            Assert.Equal(TrapKind.FuelExhausted, host.Run(program).Trap.Kind);
            Assert.Equal((run, 0), (host.Helpers.Acquired, host.Helpers.Held));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void What_a_run_holds_when_a_callback_traps_is_released(string engine)
    {
        using var host = new HostileHost(limits: Limits.Default with { MaxFuel = 5000 });
        LoadedProgram program = host.Load(engine, $"""
            {Acquire}
            r1 = 4
            r2 = func body
            r3 = 0
            r4 = 0
            call bpf_loop
            r1 = r6
            call bpf_sk_release
            out:
            r0 = 0
            exit
            body:
            r8 = r1
            {EndlessLoop}
            r0 = 0
            exit
            """);
        Assert.Equal(TrapKind.FuelExhausted, host.Run(program).Trap.Kind);
        Assert.Equal((1, 0), (host.Helpers.Acquired, host.Helpers.Held));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public unsafe void A_lock_is_open_after_a_run_that_ended_inside(string engine)
    {
        using var host = new HostileHost(limits: Limits.Default with { MaxFuel = 5000 });
        LoadedProgram program = host.Load(engine, $"""
            *(u32 *)(r10 -4) = 1
            r2 = r10
            r2 += -4
            r1 = map[lock_data][0]+0
            r6 = r1
            call bpf_spin_lock
            r8 = 1
            {EndlessLoop}
            r1 = r6
            call bpf_spin_unlock
            r0 = 0
            exit
            """);
        var word = (int*)host.Values("lock_data").Address;
        Assert.Equal(TrapKind.FuelExhausted, host.Run(program).Trap.Kind);
        Assert.Equal(0, *word);
    }
}
