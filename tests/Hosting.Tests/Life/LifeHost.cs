using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Findings;
using Skep.Hosting.Tests.Support;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Tests.Life;

/// <summary>A host with what programs need to run here, and a folder of versions of one plugin.</summary>
internal sealed class LifeHost : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly DrainOptions AtOnce = DrainOptions.Default with { Deadline = TimeSpan.Zero };
    private readonly PluginForge _forge = new();

    public LifeHost(Action<SkepBuilder>? configure = null) => Host = SkepHost.Create(skep =>
    {
        skep.AddPlugin<ThingsOfTests>().AddPlugin<Skep.Jit.X64.X64Plugin>().AddPlugin<Skep.Jit.Cil.CilPlugin>().AddPlugin<Skep.Maps.ProgramMapsPlugin>();
        configure?.Invoke(skep);
    });

    public SkepHost Host { get; }

    public PluginForge Forge => _forge;

    public SkepRuntime Runtime => Host.Runtime;

    /// <summary>Engines that work on this machine.</summary>
    public static TheoryData<string> Engines => [.. System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64
        ? ["interpreter", "x64", "cil"] : (string[])["interpreter", "cil"]];

    /// <summary>Lays a version of a plugin down, in a folder of its own.</summary>
    public string Lay(string version, string source)
        => _forge.Lay(Path.Combine(_forge.Root, version, "Acme.dll"), PluginForge.Compile("Acme", source, PluginForge.Contracts));

    public PluginChange Load(string source) => Host.Load(Lay("first", source));

    public PluginChange Upgrade(string source, UpgradeOptions? options = null) => Host.Upgrade("Acme", Lay("next", source), options);

    public PluginChange Unload(AtDeadline at = AtDeadline.GoOn) => Host.Unload("Acme", AtOnce with { AtDeadline = at });

    public LoadedProgram Program(string text, string section = "test", string? engine = null) => Runtime.LoadProgram(
        Spec(text, section), ImmutableDictionary<string, LoadedMap>.Empty, new LoadOptions { Engine = engine }).GetOrThrow();

    public static ProgramSpec Spec(string text, string section = "test")
    {
        AssemblerResult assembled = Assembler.Assemble(text);
        Assert.True(assembled.Succeeded, string.Join("; ", assembled.Errors));
        return new ProgramSpec { Name = "main", Section = section, License = "GPL", Instructions = [.. InstructionEncoder.Encode(assembled.Instructions.AsSpan())] };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public LoadedMap Map() => Runtime.CreateMap(new MapSpec { Name = "counts", Type = new MapTypeReference(default, "acme/map"), KeySize = 4, ValueSize = 8, MaxEntries = 1 }).GetOrThrow();

    /// <summary>The plugins are unloaded, and their contexts are seen to be gone.</summary>
    public static void AssertGone(params IEnumerable<PluginHandle> plugins) => Assert.All(plugins, plugin =>
    {
        Assert.True(SpinWait.SpinUntil(() => plugin.State == PluginState.Unloaded, Patience), $"{plugin} is {plugin.State}, held by {string.Join(", ", plugin.Holders)}");
        Assert.True(plugin.Probe!.WaitUntilGone(Patience), plugin.Probe.ToString());
    });

    public void Dispose()
    {
        Host.Dispose();
        Assert.Empty(Host.Findings);
        _forge.Dispose();
    }

    /// <summary>What programs need beside the plugin in question.</summary>
    public sealed class ThingsOfTests : IPlugin
    {
        public PluginInfo Info { get; } = new("Things", new Version(1, 0), "Tests.");

        public void Register(IPluginRegistry registry)
        {
            registry.AddProgramType<TestType>();
            registry.AddAttachPoint<TestSource>();
        }
    }

    public sealed class TestType : IProgramType
    {
        public ProgramTypeDescriptor Descriptor { get; } = new() { Name = "test", Description = "Tests.", Sections = [new SectionPrefix("test")], Context = ContextLayout.Opaque };

        /// <summary>Called inside of each run that the thread begins by an event.</summary>
        public static ThreadLocal<Action?> OnEnter { get; } = new();

        public ProgramEntry Enter(MemoryRegion data, nint scratch)
        {
            OnEnter.Value?.Invoke();
            return default;
        }

        public void Leave(MemoryRegion data, nint scratch, ulong result)
        {
        }
    }

    /// <summary>Delivers an event when a test says so.</summary>
    public sealed class TestSource : IAttachPoint
    {
        public AttachPointDescriptor Descriptor { get; } = new() { Name = "test", Description = "Tests.", ProgramTypes = ["test", "acme/type"], TargetSyntax = "ANY" };

        public Result<IReadOnlyList<AttachTarget>> ListTargets() => Result<IReadOnlyList<AttachTarget>>.Success([]);

        public Result<Link> Attach(AttachRequest request) => Result<Link>.Success(new TestLink(request));
    }

    public sealed class TestLink(AttachRequest request) : Link(request, "test")
    {
        public RunResult Fire() => Deliver(default, default);

        protected override void Detach()
        {
        }
    }
}
