using System.Diagnostics;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Engines.Tests.Security;
using Skep.Helpers;
using Skep.Programs;
using Skep.Runtime;
using Skep.TestPrograms.Registries;
using Skep.Verification;

namespace Skep.Engines.Tests.Calls;

/// <summary>Helpers that engines know more of than their prototype: what they do, or a C function that does it.</summary>
public sealed unsafe class KnownHelperTests : IDisposable
{
    private const int ContextRoom = 256;
    private const string ProcessorNumber = "call bpf_get_smp_processor_id\nexit";

    private readonly nint _context = (nint)NativeMemory.AllocZeroed(ContextRoom);
    private readonly SkepRuntime _runtime;

    public KnownHelperTests()
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(new PluginRecord(new BaseHelpersPlugin().Info), [new TaskHelpers(TimeProvider.System), new ClockHelpers(TimeProvider.System)]));
        Assert.True(builder.Add(
            new PluginRecord(new PluginInfo("Test", new Version(1, 0), "For tests.")), [new DivisionHelpers(), .. TestProgramTypes.All, .. Harness.Engines.Backends()]));
        _runtime = new SkepRuntime(builder.Build(), Limits.Default);
    }

    public static TheoryData<string> Engines => HostileHost.EngineNames;

    /// <summary>What the source says goes before what the thread would see; what it cannot mean stays in the range that the verifier was told.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void The_processor_is_the_events(string engine)
    {
        LoadedProgram program = Load(engine, ProcessorNumber);
        foreach ((int cpu, ulong expected) in new (int, ulong)[] { (0, 0), (7, 7), (8191, 8191), (8192, 8191), (int.MaxValue, 8191), (-1, 0), (int.MinValue, 0) })
        {
            Assert.Equal(new RunResult(expected, Trap.None), Run(program, new EventOrigin { IsKnown = true, ProcessId = 0x7777_7777, ThreadId = 0x7777_7777, Cpu = cpu }));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_processor_is_the_threads_where_the_source_does_not_know(string engine)
    {
        LoadedProgram program = Load(engine, ProcessorNumber);
        int same = 0;
        for (int i = 0; i < 100; i++)
        {
            int before = Thread.GetCurrentProcessorId();
            ulong number = Run(program, EventOrigin.None).Value;
            Assert.InRange(number, 0UL, (ulong)Environment.ProcessorCount * 64);
            same += number == (ulong)before ? 1 : 0;
        }

        // The thread may move at any time, but not at each of them.
        Assert.NotEqual(0, same);
    }

    /// <summary>Code of its own goes on with the registers that calls keep.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void What_a_program_holds_is_still_there(string engine)
    {
        LoadedProgram program = Load(engine, """
            r6 = 1
            r7 = 20
            r8 = 300
            r9 = 4000
            *(u64 *)(r10 -8) = 50000
            call bpf_get_smp_processor_id
            call bpf_ktime_get_ns
            r1 = *(u64 *)(r10 -8)
            r0 = r6
            r0 += r7
            r0 += r8
            r0 += r9
            r0 += r1
            exit
            """);
        Assert.Equal(new RunResult(54321, Trap.None), Run(program, EventOrigin.None));
        Assert.Equal(new RunResult(54321, Trap.None), Run(program, new EventOrigin { IsKnown = true, Cpu = 9999 }));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_clock_goes_on_between_two_readings_of_the_hosts(string engine)
    {
        LoadedProgram program = Load(engine, "call bpf_ktime_get_ns\nexit");
        for (int i = 0; i < 100; i++)
        {
            long before = Now();
            ulong time = Run(program, EventOrigin.None).Value;
            Assert.InRange((long)time, before, Now());
        }
    }

    /// <summary>A C function gets the invocation and then the helper's arguments, whichever way code calls it.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void A_function_gets_the_invocation_and_the_arguments(string engine)
    {
        LoadedProgram whole = Load(engine, "r1 = 1\ncall bpf_get_cgroup_classid\nexit");
        LoadedProgram part = Load(engine, "r1 = 1\nr1 <<= 62\ncall bpf_get_cgroup_classid\nexit");
        Assert.NotEqual(0UL, Run(whole, EventOrigin.None).Value);
        Assert.Equal(0UL, Run(part, EventOrigin.None).Value);
    }

    public void Dispose()
    {
        _runtime.Dispose();
        NativeMemory.Free((void*)_context);
    }

    private static long Now() => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

    private LoadedProgram Load(string engine, string text)
    {
        var options = new LoadOptions { Engine = engine, DefaultProgramType = "sched_cls", Verification = new VerificationPolicy { Proof = Proof.Full } };
        LoadedProgram program = _runtime.LoadProgram(HostileHost.Parse(text), new Dictionary<string, LoadedMap>(), options).GetOrThrow();
        Assert.Equal(engine, program.Engine);
        return program;
    }

    private RunResult Run(LoadedProgram program, EventOrigin origin) => program.Run(
        new ProgramEntry((ulong)_context, 0, new MemoryRegion(_context, ContextRoom, MemoryAccess.ReadWrite), new MemoryRegion(_context, 0, MemoryAccess.ReadWrite)), origin);

    /// <summary>The invocation's address divided by R1, in C where there is its library.</summary>
    private sealed class DivisionHelpers : HelperSet, INativeHelperSet
    {
        public DivisionHelpers()
            : base("test")
        {
            Add(
                new HelperDescriptor("bpf_get_cgroup_classid") { Number = new(17), Arguments = [new HelperArgument(HelperArgumentKind.Anything, "divisor")] }, // A name and number that programs may call; not what the kernel does.
                (invocation, r1, _, _, _, _) => (ulong)invocation / r1);
        }

        /// <summary>ldiv(3) returns the quotient in the register of results.</summary>
        public nint GetNativeFunction(HelperDescriptor helper)
            => OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "ldiv", out nint address) ? address : 0;
    }
}
