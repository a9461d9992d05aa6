using Skep.Hosting.Tests.Support;

namespace Skep.Hosting.Tests.Life;

/// <summary>C# of plugins in several versions.</summary>
internal static class LifeSources
{
    /// <summary>Helper 4001 gives the plugin's version; after the set was disposed it throws, so that a late call is seen.</summary>
    /// <param name="arguments">Of the helper, as C#.</param>
    public static string Answer(int version, string arguments = "", string set = "HelperSet", string members = "")
        => Plugin(version, "registry.AddHelperSet<Set>();") + $$"""
            public sealed unsafe class Set : {{set}}, IDisposable
            {
                private volatile bool _gone;

                public Set() : base("acme")
                {
                    Add(
                        new HelperDescriptor("acme/answer") { Number = new HelperNumber(4001), Arguments = ImmutableArray.Create<HelperArgument>({{arguments}}) },
                        (invocation, r1, r2, r3, r4, r5) => _gone ? throw new InvalidOperationException("called after it left") : {{version}}UL);
                }

                public void Dispose() { _gone = true; }
                {{members}}
            }

            """;

    /// <summary>As <see cref="Answer"/>, and the call becomes an instruction.</summary>
    public static string Inlined(int version) => Plugin(version, "registry.AddHelperSet<Set>();") + $$"""
            public sealed unsafe class Set : HelperSet, IInliningHelperSet
            {
                public Set() : base("acme")
                {
                    Add(new HelperDescriptor("acme/answer") { Number = new HelperNumber(4001) }, (invocation, r1, r2, r3, r4, r5) => 0UL);
                }

                public InlinedCode Inline(HelperDescriptor helper, IMap map) => InlinedCode.Assemble("r0 = {{version}}");
            }

            """;

    /// <summary>A program type whose context is the number that the version gives, and a source that delivers an event with the target's name as its length.</summary>
    /// <param name="size">Of the context, in bytes.</param>
    public static string TypeAndSource(int version, int size = 8, bool source = true)
        => Plugin(version, "registry.AddProgramType<TheType>();" + (source ? "registry.AddAttachPoint<Source>();" : "")) + $$"""
            public sealed unsafe class TheType : IProgramType
            {
                public ProgramTypeDescriptor Descriptor { get; } = new ProgramTypeDescriptor
                {
                    Name = "acme/type", Description = "Tests {{version}}.", Sections = ImmutableArray.Create(new SectionPrefix("acme")),
                    Context = ContextLayout.Record({{size}}) with { HostSize = {{size}} },
                };

                public ProgramEntry Enter(MemoryRegion data, nint scratch)
                {
                    *(ulong*)scratch = {{version}};
                    return new ProgramEntry((ulong)scratch, 0, new MemoryRegion(scratch, {{size}}, MemoryAccess.Read), default);
                }

                public void Leave(MemoryRegion data, nint scratch, ulong result)
                {
                    if (*(ulong*)scratch != {{version}}) Environment.FailFast("a run met two versions");
                }
            }

            """ + (source ? SourceClass : "");

    /// <summary>A map type of which a map's values lie in memory that the map owns.</summary>
    public static string Map(int version) => Plugin(version, "registry.AddMapType<TheMap>();") + Sources.MapClass("TheMap", "acme/map", description: $"Version {version}.");

    private static string Plugin(int version, string register)
        => Sources.Plugin("Acme", register, info: $"new PluginInfo(\"Acme\", new Version({version}, 0), \"Made for a test.\")");

    /// <summary>Its own thread delivers one event after the other until it is detached.</summary>
    private const string SourceClass = """
        public sealed class Source : IAttachPoint
        {
            public AttachPointDescriptor Descriptor { get; } = new AttachPointDescriptor { Name = "acme", Description = "Tests.", ProgramTypes = ImmutableArray.Create("acme/type"), TargetSyntax = "ANY" };
            public Result<IReadOnlyList<AttachTarget>> ListTargets() => Result<IReadOnlyList<AttachTarget>>.Success(new AttachTarget[0]);
            public Result<Link> Attach(AttachRequest request) => Result<Link>.Success(new Flow(request));

            private sealed class Flow : Link
            {
                private readonly System.Threading.Thread _thread;
                private volatile bool _stop;

                public Flow(AttachRequest request) : base(request, "acme")
                {
                    _thread = new System.Threading.Thread(() => { while (!_stop) { Deliver(default, default); System.Threading.Thread.Yield(); } }) { IsBackground = true };
                    _thread.Start();
                }

                protected override void Detach() { _stop = true; _thread.Join(); }
            }
        }

        """;
}
