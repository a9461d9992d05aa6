using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Execution.Engines;
using Skep.Findings;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Life;

namespace Skep.Core.Tests.Runtime;

/// <summary>What runs a program: asked for, chosen, and what happens where that cannot be.</summary>
public sealed unsafe class EngineChoiceTests
{
    [Theory]
    [InlineData(null, "best")]
    [InlineData("auto", "best")]
    [InlineData("good", "good")]
    [InlineData("interpreter", "interpreter")]
    public void The_engine_that_is_asked_for_runs_the_program(string? asked, string expected)
    {
        using SkepRuntime runtime = Runtime(new Backend("good", 1), new Backend("best", 2));
        Result<LoadedProgram> loaded = Load(runtime, asked);
        Assert.Equal(expected, loaded.GetOrThrow().Engine);
        Assert.Empty(loaded.Findings);
        Assert.Equal(expected == "interpreter" ? 7UL : 42, loaded.Value!.Run(default).Value);
    }

    [Fact]
    public void The_runtime_is_told_once_what_programs_do_not_say()
    {
        using SkepRuntime runtime = new(Registry(new Backend("good", 1), new Backend("best", 2)), Limits.Default, new EngineOptions { Engine = "good" });
        Assert.Equal("good", Load(runtime, null).GetOrThrow().Engine);
        Assert.Equal("best", Load(runtime, "auto").GetOrThrow().Engine);
    }

    [Fact]
    public void An_engine_that_nobody_offers_is_an_error_that_names_what_there_is()
    {
        using SkepRuntime runtime = Runtime(new Backend("good", 1));
        Finding finding = Assert.Single(Load(runtime, "fast").Findings);
        Assert.Equal("SKEP7101", finding.Rule.Id);
        Assert.Contains("auto, interpreter, good", finding.Message, StringComparison.Ordinal);
        Assert.Empty(runtime.Programs);
    }

    [Fact]
    public void Where_the_one_asked_for_cannot_work_the_next_does_and_says_why()
    {
        using SkepRuntime runtime = Runtime(new Backend("good", 1), new Backend("best", 2) { Obstacle = "no such processor" });
        Result<LoadedProgram> loaded = Load(runtime, "best");
        Assert.Equal("good", loaded.GetOrThrow().Engine);
        Finding finding = Assert.Single(loaded.Findings);
        Assert.Equal("SKEP7102", finding.Rule.Id);
        Assert.Contains("no such processor", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_auto_passes_over_is_no_finding()
    {
        using SkepRuntime runtime = Runtime(new Backend("best", 2) { Obstacle = "no such processor" });
        Result<LoadedProgram> loaded = Load(runtime, null);
        Assert.Equal("interpreter", loaded.GetOrThrow().Engine);
        Assert.Empty(loaded.Findings);
    }

    [Fact]
    public void Code_for_another_processor_is_not_run_here()
    {
        Architecture other = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Architecture.Arm64 : Architecture.X64;
        using SkepRuntime runtime = Runtime(new Backend("other", 2) { Architecture = other });
        Result<LoadedProgram> loaded = Load(runtime, "other");
        Assert.Equal("interpreter", loaded.GetOrThrow().Engine);
        Assert.Contains(other.ToString(), Assert.Single(loaded.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_back_end_that_throws_leaves_the_program_to_the_next()
    {
        using SkepRuntime runtime = Runtime(new Backend("good", 1), new Backend("best", 2) { Thrown = new NotSupportedException("too many jumps") });
        Result<LoadedProgram> loaded = Load(runtime, null);
        Assert.Equal("good", loaded.GetOrThrow().Engine);
        Finding finding = Assert.Single(loaded.Findings);
        Assert.Equal("SKEP7103", finding.Rule.Id);
        Assert.Contains("too many jumps", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_not_proved_is_never_compiled()
    {
        LoweredProgram lowered = TestProgram.From("r0 = 7\nexit").Lower();
        Registry registry = Registry(new Backend("best", 2));
        var chooser = new EngineChooser(new RegistrySlot(registry), Limits.Default, EngineOptions.Default);
        Assert.Equal("interpreter", chooser.Choose(lowered, null, registry).GetOrThrow().Engine.Name);
        Result<Skep.Execution.Engines.RunnableProgram> asked = chooser.Choose(lowered, "best", registry);
        Assert.Equal("interpreter", asked.GetOrThrow().Engine.Name);
        Assert.Equal("SKEP7104", Assert.Single(asked.Findings).Rule.Id);
        Assert.Throws<ArgumentException>(() => new ManagedEngine("best", lowered, new ManagedEntry((_, _, _, _, _, _) => 0, ImmutableDictionary<int, CompiledEntry>.Empty), Limits.Default));
    }

    [Fact]
    public void A_program_holds_the_plugin_of_its_back_end()
    {
        using SkepRuntime runtime = Runtime(new Backend("best", 2));
        using LoadedProgram program = Load(runtime, null).GetOrThrow();
        Assert.Contains(TestProgram.Plugin.Holders, holder => holder.Contains("program test", StringComparison.Ordinal));
    }

    private static Registry Registry(params Backend[] backends)
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(TestProgram.Plugin, [new ProgramType(), .. backends]));
        return builder.Build();
    }

    private static SkepRuntime Runtime(params Backend[] backends) => new(Registry(backends), Limits.Default);

    private static Result<LoadedProgram> Load(SkepRuntime runtime, string? engine) => runtime.LoadProgram(
        new ProgramSpec { Name = "test", Section = "test", Instructions = [.. InstructionEncoder.Encode(TestProgram.From("r0 = 7\nexit").Instructions.AsSpan())] },
        ImmutableDictionary<string, LoadedMap>.Empty,
        new LoadOptions { Engine = engine });

    /// <summary>Whatever it is given, its code returns 42.</summary>
    private sealed class Backend(string name, int preference) : IJitBackend, IAvailability
    {
        public string? Obstacle { get; init; }

        public Exception? Thrown { get; init; }

        public Architecture? Architecture { get; init; }

        public JitBackendDescriptor Descriptor => new() { Name = name, Description = "Tests.", Preference = preference, Architecture = Architecture };

        public CompiledCode Compile(LoweredProgram program, JitOptions options)
            => Thrown is null ? new ManagedEntry((_, _, _, _, _, _) => 42, ImmutableDictionary<int, CompiledEntry>.Empty) : throw Thrown;

        public Finding? FindObstacle() => Obstacle is null ? null : EngineRules.Unavailable.Error(Place.Nowhere, Obstacle);
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
