using Skep.Contracts;
using Skep.Engines.Tests.Security;
using Skep.Programs;
using Skep.Runtime;
using Errno = Skep.Contracts.Errno;

namespace Skep.Engines.Tests.Calls;

/// <summary>Tail calls from machine code into machine code are jumps, and whatever else is in the way makes them calls of the helper, with the same outcome.</summary>
public sealed class TailJumpTests
{
    private const string Next = TailCallTests.First;
    private const string Seven = TailCallTests.Seven;

    /// <summary>As <see cref="Next"/>, with a deep stack and a helper that looks at it.</summary>
    private const string Deep = """
        r6 = r1
        r1 = 1
        *(u64 *)(r10 -512) = r1
        call ktime_get_ns
        r1 = r6
        r2 = map[progs]
        r3 = 0
        call tail_call
        r0 = *(u64 *)(r10 -512)
        exit
        """;

    public static TheoryData<string> Native
        => [.. Harness.Engines.Backends().Where(backend => backend.Descriptor.Architecture is not null).Select(backend => backend.Descriptor.Name)];

    [Theory]
    [MemberData(nameof(Native))]
    public void A_chain_never_comes_by_the_helper(string engine)
    {
        var helper = new CountedTailCalls();
        using var host = new TailCallHost(tailCalls: helper);
        LoadedProgram program = host.Put(0, engine, Next);
        Assert.Equal(new RunResult(1, Trap.None), host.Run(program));

        // The one that is too many.
        Assert.Equal(1, helper.Calls);
        host.Put(0, engine, Seven);
        Assert.Equal(7ul, host.Run(program).Value);
        Assert.Equal(1, helper.Calls);
    }

    [Theory]
    [MemberData(nameof(Native))]
    public void The_stack_stays_as_deep_as_it_is(string engine)
    {
        var stack = new StackProbe();
        using var host = new TailCallHost(more: stack);
        Assert.Equal(new RunResult(1, Trap.None), host.Run(host.Put(0, engine, Deep)));
        Assert.Equal(Invocation.MaximumTailCalls + 1, stack.Addresses.Count);

        // Less than one of the program's frames: where the helper is compiled again meanwhile, its own may change.
        Assert.InRange(stack.Addresses.Max() - stack.Addresses.Min(), 0, 511);
    }

    [Theory]
    [MemberData(nameof(Native))]
    public void What_is_no_machine_code_is_called_by_the_helper(string engine)
    {
        foreach (string other in HostileHost.EngineNames.Select(row => row.Data).Where(name => name != engine))
        {
            var helper = new CountedTailCalls();
            using var host = new TailCallHost(tailCalls: helper);
            LoadedProgram program = host.Load(engine, Next);
            host.Put(0, other, Next.Replace("r3 = 0", "r3 = 1", StringComparison.Ordinal));
            host.Put(1, engine, Next);
            Assert.Equal(new RunResult(1, Trap.None), host.Run(program));

            // Machine code calls the other engine, which calls machine code: 33 and the one that is too many.
            Assert.Equal(Invocation.MaximumTailCalls + 1, helper.Calls);
        }
    }

    [Theory]
    [MemberData(nameof(Native))]
    public void Runs_of_programs_are_counted_that_are_to_be(string engine)
    {
        var helper = new CountedTailCalls();
        using var host = new TailCallHost(tailCalls: helper);
        LoadedProgram target = host.Put(0, engine, Seven);
        LoadedProgram program = host.Load(engine, Next);
        target.Statistics.Enabled = true;
        Assert.Equal(7ul, host.Run(program).Value);
        Assert.Equal((1L, 1), (target.Statistics.Runs, helper.Calls));
        target.Statistics.Enabled = false;
        Assert.Equal(7ul, host.Run(program).Value);
        Assert.Equal((1L, 1), (target.Statistics.Runs, helper.Calls));

        // Also before it comes into an array.
        LoadedProgram counted = host.Load(engine, Seven);
        counted.Statistics.Enabled = true;
        Assert.Equal(Errno.None, host.Programs.Set(TailCallHost.Key(0), counted));
        Assert.Equal(7ul, host.Run(program).Value);
        Assert.Equal((1L, 2), (counted.Statistics.Runs, helper.Calls));
    }

    [Theory]
    [MemberData(nameof(Native))]
    public void A_target_with_more_context_than_there_is_traps_as_ever(string engine)
    {
        var helper = new CountedTailCalls();
        using var host = new TailCallHost(tailCalls: helper);
        LoadedProgram program = host.Load(engine, Next, "tracepoint");
        LoadedProgram target = host.Put(0, engine, "r0 = *(u64 *)(r1 +24)\nexit", "tracepoint");
        Assert.Equal(new RunResult(0, Trap.None), host.Run(program, contextBytes: 32));
        Assert.Equal(0, helper.Calls);
        Assert.Equal(TrapKind.MemoryAccess, host.Run(program, contextBytes: 31).Trap.Kind);
        Assert.Equal((1, 0L, 1L), (helper.Calls, program.Statistics.Traps, target.Statistics.Traps));
    }

    [Theory]
    [MemberData(nameof(Native))]
    public void A_program_of_another_type_is_no_target(string engine)
    {
        using var host = new TailCallHost();
        LoadedProgram program = host.Load(engine, Next);
        host.Put(0, engine, Seven, "socket_filter");
        Assert.Equal(new RunResult(1, Trap.None), host.Run(program));
    }

    [Theory]
    [MemberData(nameof(Native))]
    public void A_trap_behind_a_jump_is_the_target_s(string engine)
    {
        using var host = new TailCallHost(Limits.Default with { MaxFuel = 1_000 });
        LoadedProgram program = host.Load(engine, Next);
        LoadedProgram target = host.Put(0, engine, """
            r6 = 0
            turn:
            r6 *= 5
            r6 += 3
            r6 &= 1023
            if r6 < 2000 goto turn
            r0 = 0
            exit
            """);
        RunResult result = host.Run(program);
        Assert.Equal(TrapKind.FuelExhausted, result.Trap.Kind);
        Assert.InRange(result.Trap.Slot.Value, 1, 4);
        Assert.Equal((0L, 1L), (program.Statistics.Traps, target.Statistics.Traps));
    }

    /// <summary>
    /// Each switch puts a program with a higher number into the array, now machine code and now another engine's, and unloads the one before. A run that follows the array
    /// by jumps and by the helper in turn never meets a lower number after a higher one.
    /// </summary>
    [Theory]
    [MemberData(nameof(Native))]
    public async Task No_run_sees_an_array_as_it_was_after_it_saw_what_it_became(string engine)
    {
        using var host = new TailCallHost();
        LoadedProgram main = host.Load(engine, Next);
        LoadedProgram current = host.Put(0, engine, Numbered(0));
        using var isOver = new CancellationTokenSource();
        Task<long> runner = Task.Factory.StartNew(
            () =>
            {
                long runs = 0;
                for (; !isOver.IsCancellationRequested; runs++)
                {
                    RunResult result = host.Run(main);
                    Assert.Equal(new RunResult(0, Trap.None), result);
                }

                return runs;
            }, TaskCreationOptions.LongRunning);
        for (int number = 1; number <= Harness.Sample.Of(2_000) && !runner.IsCompleted; number++)
        {
            LoadedProgram next = host.Load(number % 4 == 3 ? "interpreter" : engine, Numbered(number));
            Errno errno = number % 2 == 0
                ? host.Programs.Set(TailCallHost.Key(0), next)
                : host.Programs.SetAll(new Dictionary<ReadOnlyMemory<byte>, LoadedProgram> { [TailCallHost.Key(0)] = next });
            Assert.Equal(Errno.None, errno);
            current.Dispose();
            current = next;
        }

        await isOver.CancelAsync();
        Assert.NotEqual(0, await runner);
        Assert.Equal(0u, host.Count);
    }

    /// <summary>Keeps the highest number that was met in the array's second word, and says 1 after a lower one came later.</summary>
    private static string Numbered(int number) => $"""
        r6 = r1
        *(u32 *)(r10 -4) = 0
        r2 = r10
        r2 += -4
        r1 = map[array]
        call map_lookup_elem
        if r0 == 0 goto out
        r1 = *(u32 *)(r0 +4)
        if r1 <= {number} goto fine
        *(u32 *)(r0 +0) = 1
        r0 = 1
        exit
        fine:
        r1 = {number}
        *(u32 *)(r0 +4) = r1
        r1 = r6
        r2 = map[progs]
        r3 = 0
        call tail_call
        out:
        r0 = 0
        exit
        """;
}
