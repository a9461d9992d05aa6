using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Runtime;

/// <summary>A program that runs often goes on in faster code, and nobody notices but by the clock.</summary>
public sealed class HotProgramTests
{
    private const int HotRuns = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void After_so_many_runs_the_fastest_code_takes_over()
    {
        using SkepRuntime runtime = Runtime(new Backend("quick", 2, 2, 1), new Backend("fast", 1, 3, 2));
        using LoadedProgram program = Load(runtime);
        for (int i = 1; i < HotRuns; i++)
        {
            Assert.Equal(1ul, program.Run(default).Value);
        }

        Assert.Equal("quick", program.Engine);
        program.Run(default);
        Assert.True(SpinWait.SpinUntil(() => program.Engine == "fast", Patience));
        Assert.Equal(new RunResult(2, Trap.None), program.Run(default));
    }

    [Theory]
    [InlineData("quick", HotRuns)]
    [InlineData(null, 0)]
    public void A_program_stays_where_it_was_put(string? engine, int hotRuns)
    {
        var fast = new Backend("fast", 1, 3, 2);
        using SkepRuntime runtime = Runtime(hotRuns, new Backend("quick", 2, 2, 1), fast);
        using LoadedProgram program = Load(runtime, engine);
        for (int i = 0; i < 3 * HotRuns; i++)
        {
            Assert.Equal(1ul, program.Run(default).Value);
        }

        Assert.Equal(0, fast.Compiled);
    }

    [Fact]
    public void The_back_end_that_is_both_is_asked_once()
    {
        var best = new Backend("best", 2, 2, 1);
        using SkepRuntime runtime = Runtime(best, new Backend("slow", 1, 1, 2));
        using LoadedProgram program = Load(runtime);
        for (int i = 0; i < 3 * HotRuns; i++)
        {
            Assert.Equal(1ul, program.Run(default).Value);
        }

        Assert.Equal(1, best.Compiled);
    }

    [Fact]
    public void A_back_end_that_throws_changes_nothing()
    {
        var fast = new Backend("fast", 1, 3, 2) { OnCompile = () => throw new NotSupportedException("not this one") };
        using SkepRuntime runtime = Runtime(new Backend("quick", 2, 2, 1), fast);
        using LoadedProgram program = Load(runtime);
        for (int i = 0; i < 10 * HotRuns; i++)
        {
            Assert.Equal(1ul, program.Run(default).Value);
        }

        Assert.True(SpinWait.SpinUntil(() => fast.Compiled == 1, Patience));
        Assert.Equal("quick", program.Engine);
        Assert.Equal(1ul, program.Run(default).Value);
        Assert.Equal(1, fast.Compiled);
    }

    [Fact]
    public void A_program_may_be_unloaded_while_it_is_compiled_again()
    {
        using var compiles = new ManualResetEventSlim();
        using var goesOn = new ManualResetEventSlim();
        using var isDone = new ManualResetEventSlim();
        var fast = new Backend("fast", 1, 3, 2)
        {
            OnCompile = () =>
            {
                compiles.Set();
                goesOn.Wait();
                isDone.Set();
            },
        };
        using SkepRuntime runtime = Runtime(new Backend("quick", 2, 2, 1), fast);
        LoadedProgram program = Load(runtime);
        for (int i = 0; i < HotRuns; i++)
        {
            program.Run(default);
        }

        Assert.True(compiles.Wait(Patience, TestContext.Current.CancellationToken));
        program.Dispose();
        goesOn.Set();
        Assert.True(isDone.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.Empty(runtime.Programs);
        Assert.Throws<ObjectDisposedException>(() => program.Run(default));
    }

    [Fact]
    public async Task Many_threads_run_it_meanwhile()
    {
        for (int round = 0; round < 20; round++)
        {
            using SkepRuntime runtime = Runtime(new Backend("quick", 2, 2, 1), new Backend("fast", 1, 3, 2));
            using LoadedProgram program = Load(runtime);
            Task[] threads =
            [
                .. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                    () =>
                    {
                        while (program.Engine == "quick")
                        {
                            Assert.InRange(program.Run(default).Value, 1ul, 2ul);
                        }
                    }, TaskCreationOptions.LongRunning)),
            ];
            await Task.WhenAll(threads).WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.Equal(2ul, program.Run(default).Value);
        }
    }

    private static SkepRuntime Runtime(params Backend[] backends) => Runtime(HotRuns, backends);

    private static SkepRuntime Runtime(int hotRuns, params Backend[] backends)
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(new PluginRecord(new PluginInfo("Test", new Version(1, 0), "Tests.")), [new ProgramType(), .. backends]));
        return new SkepRuntime(builder.Build(), Limits.Default, new EngineOptions { HotRuns = hotRuns });
    }

    private static LoadedProgram Load(SkepRuntime runtime, string? engine = null) => runtime.LoadProgram(
        new ProgramSpec { Name = "test", Section = "test", Instructions = [.. InstructionEncoder.Encode(TestProgram.From("r0 = 7\nexit").Instructions.AsSpan())] },
        ImmutableDictionary<string, LoadedMap>.Empty,
        new LoadOptions { Engine = engine }).GetOrThrow();

    /// <summary>Whatever it is given, its code returns the same number.</summary>
    private sealed unsafe class Backend(string name, int preference, int hotPreference, ulong result) : IJitBackend
    {
        private int _compiled;

        public Action? OnCompile { get; init; }

        public int Compiled => Volatile.Read(ref _compiled);

        public JitBackendDescriptor Descriptor => new() { Name = name, Description = "Tests.", Preference = preference, HotPreference = hotPreference };

        private ulong Entry(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5) => result;

        public CompiledCode Compile(LoweredProgram program, JitOptions options)
        {
            Interlocked.Increment(ref _compiled);
            OnCompile?.Invoke();
            return new ManagedEntry(Entry, ImmutableDictionary<int, CompiledEntry>.Empty);
        }
    }

    private sealed class ProgramType : IProgramType
    {
        public ProgramTypeDescriptor Descriptor { get; } = new() { Name = "test", Description = "Tests.", Sections = [new SectionPrefix("test")], Context = ContextLayout.Opaque };

        public ProgramEntry Enter(MemoryRegion data, nint scratch) => default;

        public void Leave(MemoryRegion data, nint scratch, ulong result)
        {
        }
    }
}
