using Skep.Contracts;
using Skep.Engines.Tests.Security;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;
using Skep.TestPrograms.Corpus;
using Errno = Skep.Contracts.Errno;

namespace Skep.Engines.Tests.Calls;

/// <summary>A program in the place of another: what that means is written down nowhere but in the kernel, which a test asks.</summary>
public sealed class TailCallTests
{
    /// <summary>Goes on at index 0; says 1 where that is not to be.</summary>
    internal const string First = """
        r2 = map[progs]
        r3 = 0
        call tail_call
        r0 = 1
        exit
        """;

    internal const string Seven = """
        r0 = 7
        exit
        """;

    /// <summary>Counts in the array, then calls itself at index 1 until it may not; says how often it ran.</summary>
    private const string Counting = """
        r6 = r1
        *(u32 *)(r10 -4) = 0
        r2 = r10
        r2 += -4
        r1 = map[array]
        call map_lookup_elem
        if r0 == 0 goto out
        r7 = r0
        r1 = *(u32 *)(r7 +0)
        r1 += 1
        *(u32 *)(r7 +0) = r1
        r1 = r6
        r2 = map[progs]
        r3 = 1
        call tail_call
        r0 = *(u32 *)(r7 +0)
        exit
        out:
        r0 = 0
        exit
        """;

    /// <summary>The function is replaced, not the program: main goes on with the result.</summary>
    private const string InFunction = """
        r6 = r1
        call f
        r6 = r0
        r6 *= 10
        r0 = r6
        r0 += 3
        exit
        f:
        r2 = map[progs]
        r3 = 0
        call tail_call
        r0 = 5
        exit
        """;

    private static readonly (string Name, ulong Expected, string Main, string?[] Elements)[] Scenarios =
    [
        ("an element", 7, First, [Seven]),
        ("an empty element", 1, First, [null]),
        ("beyond the end", 1, First.Replace("r3 = 0", "r3 = 4", StringComparison.Ordinal), [Seven]),
        ("an index of 33 bits", 7, First.Replace("r3 = 0", "r3 = 1\nr3 <<= 32", StringComparison.Ordinal), [Seven]),
        ("itself, until it may not", 34, Counting, [null, Counting]),
        ("in a function", 73, InFunction, [Seven]),
        ("in a function, an empty element", 53, InFunction, [null]),
        ("in a function, a chain", 73, InFunction, [First.Replace("r3 = 0", "r3 = 2", StringComparison.Ordinal), null, Seven]),
        ("a function of the target in a function", 733, InFunction, [InFunction.Replace("r3 = 0", "r3 = 2", StringComparison.Ordinal), null, Seven]),
    ];

    public static TheoryData<string> Engines => HostileHost.EngineNames;

    public static TheoryData<string> Names => [.. Scenarios.Select(scenario => scenario.Name)];

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (string engine in HostileHost.EngineNames.Select(row => row.Data))
        {
            foreach ((string name, _, _, _) in Scenarios)
            {
                cases.Add(engine, name);
            }
        }

        return cases;
    }

    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        string[] names = [.. HostileHost.EngineNames.Select(row => row.Data)];
        foreach (string from in names)
        {
            foreach (string to in names)
            {
                pairs.Add(from, to);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_program_that_is_called_takes_the_place(string engine, string name)
    {
        (_, ulong expected, string main, string?[] elements) = Scenarios.Single(scenario => scenario.Name == name);
        using var host = new TailCallHost();
        LoadedProgram program = host.Load(engine, main);
        for (int index = 0; index < elements.Length; index++)
        {
            _ = elements[index] is { } text ? host.Put((uint)index, engine, text) : null;
        }

        Assert.Equal(new RunResult(expected, Trap.None), host.Run(program));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void As_in_the_kernel(string name)
    {
        Assert.SkipUnless(KernelOracle.Kernel.IsAvailable(out string reason), reason);
        (_, ulong expected, string main, string?[] elements) = Scenarios.Single(scenario => scenario.Name == name);
        Assert.Equal(expected, InKernel(main, elements));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Engines_go_on_in_one_another(string from, string to)
    {
        using var host = new TailCallHost();
        LoadedProgram program = host.Load(from, InFunction);
        host.Put(0, to, First.Replace("r3 = 0", "r3 = 1", StringComparison.Ordinal));
        host.Put(1, from, Counting);
        Assert.Equal(new RunResult((32 * 10) + 3, Trap.None), host.Run(program));
        Assert.Equal(32u, host.Count);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_trap_is_the_target_s_and_ends_the_run(string engine)
    {
        using var host = new TailCallHost(Limits.Default with { MaxFuel = 5_000 });
        LoadedProgram program = host.Load(engine, InFunction);
        LoadedProgram target = host.Put(0, engine, """
            r0 = 0
            turn:
            r0 *= 5
            r0 += 3
            r0 &= 1023
            if r0 < 2000 goto turn
            exit
            """);
        RunResult result = host.Run(program);
        Assert.Equal(TrapKind.FuelExhausted, result.Trap.Kind);
        Assert.Equal(0ul, result.Value);
        Assert.InRange(result.Trap.Slot.Value, 1, 4);
        Assert.Equal((0L, 1L), (program.Statistics.Traps, target.Statistics.Traps));
        Assert.Equal(Errno.None, host.Programs.Set(TailCallHost.Key(0), null));
        Assert.Equal(new RunResult(53, Trap.None), host.Run(program));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void All_programs_of_a_run_share_its_fuel(string engine)
    {
        // Goes round until a sequence that nobody proves anything about comes to 512, and then into itself.
        const string turning = """
            r6 = r1
            r8 = *(u32 *)(r1 +0)
            turn:
            r8 *= 5
            r8 += 3
            r8 &= 1023
            if r8 != 512 goto turn
            r1 = r6
            r2 = map[progs]
            r3 = 0
            call tail_call
            r0 = 2
            exit
            """;
        ulong turns = 0;
        for (int x = 0; x != 512; x = ((5 * x) + 3) & 1023)
        {
            turns++;
        }

        ulong all = (turns - 1) * (Invocation.MaximumTailCalls + 1);
        foreach ((ulong fuel, TrapKind expected) in new[] { (all + 500, TrapKind.None), (all / 2, TrapKind.FuelExhausted), (turns + 500, TrapKind.FuelExhausted) })
        {
            using var host = new TailCallHost(Limits.Default with { MaxFuel = fuel });
            RunResult result = host.Run(host.Put(0, engine, turning));
            Assert.Equal(expected, result.Trap.Kind);
            Assert.Equal(expected == TrapKind.None ? 2ul : 0, result.Value);
        }
    }

    [Fact]
    public void What_an_array_holds_is_not_unloaded()
    {
        using var host = new TailCallHost();
        LoadedProgram element = host.Put(0, "interpreter", Seven);
        Assert.Contains("progs", Assert.Throws<InvalidOperationException>(element.Dispose).Message, StringComparison.Ordinal);
        Assert.Equal(Errno.None, host.Programs.Set(TailCallHost.Key(0), host.Load("interpreter", First)));
        element.Dispose();
        Assert.Throws<ObjectDisposedException>(() => host.Programs.Set(TailCallHost.Key(1), element));
        Assert.Equal(Errno.ENOENT, host.Programs.Set(TailCallHost.Key(1), null));
        Assert.Equal(Errno.E2BIG, host.Programs.Set(TailCallHost.Key(4), host.Load("interpreter", First)));
        Assert.Equal(Errno.EINVAL, host.Programs.Set([1], null));
        Assert.Equal(Errno.EINVAL, host.Programs.Set(TailCallHost.Key(1), host.Load("interpreter", Seven, "socket_filter")));
    }

    /// <summary>Who takes hold of a program and who unloads it at the same time do not both succeed.</summary>
    [Fact]
    public async Task Nothing_takes_hold_of_what_is_being_unloaded()
    {
        using var host = new TailCallHost();
        for (int round = 0; round < 300; round++)
        {
            LoadedProgram program = host.Load("interpreter", Seven);
            IDisposable? held = null;
            using var start = new Barrier(participantCount: 2);
            Task<Exception?> hold = OnThread(start, () => held = program.Hold("a test"));
            Task<Exception?> unload = OnThread(start, program.Dispose);
            Exception?[] refusals = await Task.WhenAll(hold, unload);
            Assert.All(refusals, refusal => Assert.True(refusal is null or InvalidOperationException, $"{refusal}"));
            Assert.Contains(refusals, refusal => refusal is not null);
            Assert.Equal(refusals[1] is not null, host.Runtime.Programs.Contains(program));
            held?.Dispose();
            program.Dispose();
        }
    }

    /// <summary>An array that is switched as a whole: who starts in one chain ends in it, or is at its end when it is switched.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Programs_are_switched_while_others_run_them(string engine)
    {
        using var host = new TailCallHost();
        LoadedProgram main = host.Load(engine, First);
        LoadedProgram[] targets = [host.Load(engine, Seven), host.Load(engine, Seven.Replace('7', '8'))];
        host.Programs.Set(TailCallHost.Key(0), targets[0]);
        using var isOver = new CancellationTokenSource();
        Task[] runners =
        [
            .. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    while (!isOver.IsCancellationRequested)
                    {
                        Assert.InRange(host.Run(main).Value, 7ul, 8ul);
                    }
                }, TaskCreationOptions.LongRunning)),
        ];
        for (int i = 0; i < Harness.Sample.Of(2_000); i++)
        {
            Assert.Equal(Errno.None, host.Programs.SetAll(new Dictionary<ReadOnlyMemory<byte>, LoadedProgram> { [TailCallHost.Key(0)] = targets[1] }));
            targets[0].Dispose();
            targets[0] = targets[1];
            targets[1] = host.Load(engine, Seven);
        }

        await isOver.CancelAsync();
        await Task.WhenAll(runners);
    }

    private static Task<Exception?> OnThread(Barrier start, Action action) => Task.Factory.StartNew(
        () =>
        {
            start.SignalAndWait();
            return Record.Exception(action);
        }, TaskCreationOptions.LongRunning);

    private static ulong InKernel(string main, string?[] elements)
    {
        using var kernel = new KernelSide();
        KernelMap programs = kernel.Map("progs");
        using KernelProgram program = Load(main);
        var loaded = new List<KernelProgram>();
        try
        {
            for (int index = 0; index < elements.Length; index++)
            {
                if (elements[index] is { } text)
                {
                    loaded.Add(Load(text));
                    Assert.Equal(KernelOracle.Errno.None, programs.Update(BitConverter.GetBytes(index), BitConverter.GetBytes(loaded[^1].Fd)));
                }
            }

            return program.TestRun(new byte[64]).ReturnValue;
        }
        finally
        {
            for (int index = 0; index < elements.Length; index++)
            {
                _ = programs.Delete(BitConverter.GetBytes(index));
            }

            loaded.ForEach(element => element.Dispose());
        }

        KernelProgram Load(string text)
        {
            CorpusEntry entry = HostileHost.Entry(text);
            return kernel.Load(entry, CorpusProgram.Assemble(entry), KernelLogLevel.None).Program!;
        }
    }
}
