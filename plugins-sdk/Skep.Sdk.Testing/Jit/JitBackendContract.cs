using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Testing;

/// <summary>What a program asks of a back end beyond single instructions.</summary>
[Flags]
public enum JitAbilities
{
    None = 0,

    /// <summary>Calls of functions within the program.</summary>
    LocalCalls = 1,

    /// <summary>Functions that helpers call.</summary>
    Callbacks = 2,

    /// <summary>Helpers after which another program has taken the place of this one.</summary>
    TailCalls = 4,
}

/// <summary>
/// What holds for every <see cref="IJitBackend"/>: each operation of the instruction set on values at the edges, a set of programs, and random ones, held against the interpreter; what helpers do, fuel,
/// and the image as data. A back end whose code cannot run on this machine is compiled with only, and the other tests are skipped with that reason.
/// </summary>
public abstract unsafe partial class JitBackendContract
{
    private const int RandomPrograms = 150;

    private static readonly Limits Scarce = Limits.Default with { MaxFuel = 5_000 };
    private static readonly VerificationPolicy Leaking = FakeRuntime.Policy with { AllowPointerLeaks = true };
    private static readonly InstructionShape[] Snippets =
    [
        InstructionShape.AluImmediate, InstructionShape.AluRegister, InstructionShape.AluUnary, InstructionShape.MoveSigned, InstructionShape.JumpImmediate, InstructionShape.JumpRegister, InstructionShape.Load,
        InstructionShape.LoadAcquire, InstructionShape.StoreImmediate, InstructionShape.StoreRegister, InstructionShape.StoreRelease, InstructionShape.AtomicUpdate, InstructionShape.AtomicFetch, InstructionShape.AtomicCompareExchange,
    ];

    /// <summary>The back end under test; a new one each time.</summary>
    protected abstract IJitBackend Create();

    /// <summary>What the back end does not compile (<see cref="NotSupportedException"/>) on purpose.</summary>
    protected virtual JitAbilities Lacks => JitAbilities.None;

    /// <summary>Single operations that it does not compile on purpose.</summary>
    protected virtual bool Refuses(OpcodeRow row) => false;

    /// <summary>Only every Nth pair of values is tried: for machines that are emulated.</summary>
    protected virtual int SampleEvery => 1;

    /// <summary>Where machine code is put.</summary>
    protected virtual CodeArenaOptions Code => CodeArenaOptions.Default;

    /// <summary>Ways to compile that are tested as data, beside what runtimes ask for.</summary>
    protected virtual IEnumerable<JitOptions> Options =>
        [new(), new() { BlindConstants = true }, new() { System = JitSystem.Windows }, new() { System = JitSystem.Unix }, new() { Features = [] }];

    /// <summary>Every operation that computes, branches or accesses memory.</summary>
    public static TheoryData<Operation> Operations => [.. OpcodeTable.Rows.Where(row => Snippets.Contains(row.Shape)).Select(row => row.Operation)];

    /// <summary>The names of the programs.</summary>
    public static TheoryData<string> Programs => [.. JitPrograms.All.Select(program => program.Name)];

    [Fact]
    public void The_descriptor_says_who_it_is()
    {
        JitBackendDescriptor descriptor = Create().Descriptor;
        Assert.Matches(@"^[a-z0-9][\w./\-]*$", descriptor.Name);
        Assert.DoesNotContain(descriptor.Name, (string[])[EngineOptions.Auto, EngineOptions.Interpreter]);
        Assert.Matches(@"^[A-Z].+\.$", descriptor.Description);
        Assert.Equal(descriptor, Create().Descriptor);
    }

    [Fact]
    public void An_obstacle_says_what_is_missing_and_is_the_same_each_time()
    {
        if (Create() is IAvailability availability)
        {
            Finding? first = availability.FindObstacle();
            Assert.Equal(first?.Message, availability.FindObstacle()?.Message);
            Assert.True(first is null || first.Remedy.Length > 0, "an obstacle says how to get what is missing");
        }
    }

    [Theory]
    [MemberData(nameof(Operations), MemberType = typeof(JitBackendContract))]
    public void Each_operation_does_what_it_means(Operation operation)
    {
        RequireMachine();
        foreach (bool blind in (bool[])[false, true])
        {
            using FakeRuntime runtime = Runtime(Limits.Default, blind);
            byte* memory = (byte*)runtime.AddMemory(SnippetProgram.Map, SnippetProgram.Size).Values.Address;
            foreach (Snippet[] chunk in SnippetTable.Of(OpcodeTable.Row(operation)).Chunk(SnippetProgram.MostSnippets))
            {
                var program = new SnippetProgram(chunk);
                if (Refuses(OpcodeTable.Row(operation)))
                {
                    RequireRefusal(runtime, program.Spec, operation.ToString());
                    return;
                }

                using LoadedProgram loaded = runtime.Load(program.Spec, Create().Descriptor.Name, policy: Leaking);
                foreach ((ulong left, ulong right) in SnippetTable.Pairs.Where((_, i) => i % SampleEvery == 0))
                {
                    Check(program, loaded, memory, left, right);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Programs), MemberType = typeof(JitBackendContract))]
    public void Programs_do_what_they_do_in_the_interpreter(string name)
    {
        RequireMachine();
        JitProgram program = JitPrograms.All.Single(candidate => candidate.Name == name);
        VerificationPolicy policy = program.IsEndless ? Leaking with { Loops = LoopPolicy.Fuel } : Leaking;
        foreach (bool blind in (bool[])[false, true])
        {
            using FakeRuntime runtime = Runtime(program.IsEndless ? Scarce : Limits.Default, blind);
            ProgramSpec spec = ProgramText.Parse(program.Text, runtime.Runtime.Registry);
            using LoadedProgram reference = runtime.Load(spec, policy: policy);
            if ((program.Needs & Lacks) != 0)
            {
                RequireRefusal(runtime, spec, name, policy);
                return;
            }

            using LoadedProgram compiled = runtime.Load(spec, Create().Descriptor.Name, policy: policy);
            Compare(reference, compiled, 64, name, seed: 3);
        }
    }

    [Fact]
    public void Random_programs_do_what_they_do_in_the_interpreter()
    {
        RequireMachine();
        OpcodeRow[] rows = [.. OpcodeTable.Rows.Where(row => Snippets.Contains(row.Shape) && !Refuses(row))];
        using FakeRuntime runtime = Runtime(Limits.Default);
        int ran = 0;
        for (int seed = 0; seed < RandomPrograms; seed++)
        {
            ProgramSpec spec = new RandomProgram(seed, rows).Make();
            Result<LoadedProgram> reference = runtime.TryLoad(spec, policy: Leaking);
            if (reference.IsSuccess)
            {
                ran++;
                using LoadedProgram interpreted = reference.Value;
                using LoadedProgram compiled = runtime.Load(spec, Create().Descriptor.Name, policy: Leaking);
                Compare(interpreted, compiled, RandomProgram.EventBytes, $"random program {seed}", seed);
            }
        }

        Assert.True(ran > RandomPrograms / 2, $"only {ran} of {RandomPrograms} random programs were accepted: the test is worth little");
    }

    [Fact]
    public void A_program_goes_on_in_another_and_does_not_come_back()
    {
        RequireMachine();
        if ((Lacks & JitAbilities.TailCalls) != 0)
        {
            return;
        }

        using FakeRuntime runtime = Runtime(Limits.Default);
        string engine = Create().Descriptor.Name;
        using LoadedProgram target = runtime.Load("r0 = *(u64 *)(r1 +0)\nr0 += 1\nexit", engine);
        runtime.Jumper.Target = target;
        using LoadedProgram caller = runtime.Load($"call {JumpHelpers.Jump}\nr0 = 77\nexit", engine);
        Assert.Equal(42UL, FakeRuntime.Run(caller, BitConverter.GetBytes(41UL)));
        runtime.Jumper.Target = null;
        Assert.Equal(77UL, FakeRuntime.Run(caller, BitConverter.GetBytes(41UL)));

        // One that goes on in itself is stopped after as many steps as Linux takes.
        runtime.Jumper.Target = caller;
        Assert.Equal(77UL, FakeRuntime.Run(caller, BitConverter.GetBytes(41UL)));
        runtime.Jumper.Target = null;
    }

    [Fact]
    public void Many_threads_run_one_program()
    {
        RequireMachine();
        using FakeRuntime runtime = Runtime(Limits.Default);
        using LoadedProgram program = runtime.Load(JitPrograms.All.Single(candidate => candidate.Name == "all registers across a call").Text, Create().Descriptor.Name);
        Crowd.Run(Crowd.Threads, thread =>
        {
            byte[] data = new byte[64];
            new Random(thread).NextBytes(data);
            ulong expected = FakeRuntime.Run(program, data);
            for (int run = 0; run < 5_000; run++)
            {
                Assert.Equal(expected, FakeRuntime.Run(program, data));
            }
        });
    }

    [Fact]
    public void Loading_and_unloading_leaves_nothing_behind()
    {
        RequireMachine();
        using FakeRuntime runtime = Runtime(Limits.Default);
        string text = JitPrograms.All.Single(candidate => candidate.Name == "a far branch").Text;
        Cycle(20);
        ProcessMemory.ShouldNotGrow(300L << 20, () => Cycle(150));

        string Cycle(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using LoadedProgram program = runtime.Load(text, Create().Descriptor.Name);
                FakeRuntime.Run(program, new byte[64]);
            }

            return $"{count} programs were loaded and unloaded";
        }
    }

    private FakeRuntime Runtime(Limits limits, bool blind = false)
        => new([Create(), new JitHelpers()], limits, EngineOptions.Default with { Optimize = false, BlindConstants = blind, Code = Code });

    private void RequireMachine()
    {
        IJitBackend backend = Create();
        Assert.SkipUnless(
            FakeRuntime.CanRunHere(backend),
            (backend as IAvailability)?.FindObstacle()?.Message ?? $"needs an {backend.Descriptor.Architecture?.ToString().ToLowerInvariant()} processor");
    }

    private static void Check(SnippetProgram program, LoadedProgram loaded, byte* memory, ulong left, ulong right)
    {
        var found = new Span<byte>(memory, SnippetProgram.Size);
        byte[] expected = new byte[SnippetProgram.Size];
        SnippetProgram.Fill(expected, left, right);
        program.Expect(expected, memory);
        SnippetProgram.Fill(found, left, right);
        Assert.Equal(1UL, FakeRuntime.Run(loaded));
        int at = found.CommonPrefixLength(expected) & ~7;
        if (at < found.Length)
        {
            Assert.Fail($"{program.InstructionAt(at)} with 0x{left:x} and 0x{right:x}: byte {at} is 0x{BitConverter.ToUInt64(found[at..]):x}, not 0x{BitConverter.ToUInt64(expected, at):x}");
        }
    }

    private static void Compare(LoadedProgram reference, LoadedProgram compiled, int eventBytes, string name, int seed)
    {
        var random = new Random(seed);
        byte[] one = new byte[eventBytes];
        for (int run = 0; run < 20; run++)
        {
            random.NextBytes(one);
            one.AsSpan(0, run % 5 == 0 ? 64 : 0).Fill((byte)(run % 10 == 0 ? 0 : 0xff));
            byte[] other = [.. one];
            (RunResult expected, long expectedFaults) = RunOn(reference, one);
            (RunResult found, long foundFaults) = RunOn(compiled, other);
            Assert.True(found == expected, $"{name}, run {run}: r0 0x{found.Value:x} and {found.Trap}; in the interpreter 0x{expected.Value:x} and {expected.Trap}");
            Assert.True(foundFaults == expectedFaults, $"{name}, run {run}: {foundFaults} helpers threw; in the interpreter {expectedFaults}");
            Assert.True(one.AsSpan().SequenceEqual(other), $"{name}, run {run}: it leaves other memory behind than in the interpreter");
        }
    }

    private static (RunResult Result, long Faults) RunOn(LoadedProgram program, byte[] data)
    {
        long faults = program.Statistics.HelperFaults;
        fixed (byte* bytes = data)
        {
            RunResult result = program.RunEvent(new MemoryRegion((nint)bytes, (nuint)data.Length, MemoryAccess.ReadWrite));
            return (result, program.Statistics.HelperFaults - faults);
        }
    }

    /// <summary>What the author declares as refused is refused in the one way that the core understands.</summary>
    private void RequireRefusal(FakeRuntime runtime, ProgramSpec spec, string what, VerificationPolicy? policy = null)
    {
        using LoadedProgram program = runtime.Load(spec, policy: policy ?? Leaking);
        Exception? thrown = Record.Exception(() => Create().Compile(program.Lowered, JitOptions.Default));
        Assert.True(thrown is NotSupportedException, $"{what} is declared as refused, and Compile {(thrown is null ? "takes it" : $"throws {thrown.GetType().Name}")}");
    }
}
