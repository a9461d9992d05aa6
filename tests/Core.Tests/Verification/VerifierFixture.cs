using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.Verification;

namespace Skep.Core.Tests.Verification;

/// <summary>A registry with a few of the kernel's helpers and program types, and the road from assembler text to a verdict.</summary>
internal static unsafe class VerifierFixture
{
    internal const string PacketType = "socket_filter";

    private static readonly Registry Registry = BuildRegistry();

    internal static ProgramSpec Spec(string text, string? license = "GPL") => new()
    {
        Name = "main",
        ObjectName = "test.o",
        Section = "socket",
        License = license,
        Instructions = [.. InstructionEncoder.Encode(Assemble(text).AsSpan())],
    };

    internal static ImmutableArray<Instruction> Assemble(string text)
    {
        AssemblerResult result = Assembler.Assemble(text);
        Assert.Empty(result.Errors);
        return result.Instructions;
    }

    /// <summary>With the linker, so that helpers are bound as at run time; its own findings end the test.</summary>
    internal static LinkedProgram Link(ProgramSpec spec, string type = PacketType)
    {
        IProgramType programType = Registry.FindProgramType(type)!.Provider;
        return new Linker(Registry, Limits.Default with { MaxInstructions = int.MaxValue })
            .Link(spec, programType, ImmutableDictionary<string, LoadedMap>.Empty).GetOrThrow();
    }

    /// <summary>Past the linker, for references that it would refuse.</summary>
    internal static LinkedProgram LinkNothing(ProgramSpec spec) =>
        new(spec, Registry.FindProgramType(PacketType)!.Provider, InstructionDecoder.Decode(spec.Instructions.AsSpan()))
        {
            Helpers = FrozenDictionary<int, HelperBinding>.Empty,
            Maps = FrozenDictionary<int, MapBinding>.Empty,
        };

    internal static Result<VerifiedProgram> Verify(ProgramSpec spec, string type = PacketType, Limits? limits = null, VerificationPolicy? policy = null) =>
        Verifier.Verify(Link(spec, type), limits ?? Limits.Default, (policy ?? VerificationPolicy.Default) with { Proof = Proof.Structure });

    internal static Result<VerifiedProgram> Verify(string text, string type = PacketType, Limits? limits = null, VerificationPolicy? policy = null) =>
        Verify(Spec(text), type, limits, policy);

    /// <summary>For example <c>SKEP3012@4 SKEP3013@6</c>; empty when accepted.</summary>
    internal static string Describe(Result<VerifiedProgram> result)
    {
        Assert.Equal(result.IsSuccess, result.Findings.IsEmpty);
        return string.Join(' ', result.Findings.Select(finding => finding.Rule.Id + (finding.Place.Slot is { } slot ? $"@{slot}" : "")));
    }

    private static Registry BuildRegistry()
    {
        var builder = new RegistryBuilder(new CompositionPolicy());
        var plugin = new PluginRecord(new PluginInfo("Test", new Version(1, 0), "For tests."));
        Assert.True(builder.Add(plugin, [new TestHelpers(), new OtherHelpers(), Type(PacketType, 1), Type("sched_cls", 3), Type("tracepoint", 5)]));
        return builder.Build();
    }

    private static TestType Type(string name, uint number) => new(new ProgramTypeDescriptor
    {
        Name = name,
        Description = "For tests.",
        Number = new ProgramTypeNumber(number),
        Context = ContextLayout.Opaque,
        HelperSets = ["base"],
    });

    private sealed class TestHelpers : HelperSet
    {
        public TestHelpers()
            : base("base")
        {
            Add(new HelperDescriptor("bpf_ktime_get_ns") { Number = new HelperNumber(5) }, Nothing);
            Add(new HelperDescriptor("bpf_trace_printk") { Number = new HelperNumber(6), IsGplOnly = true }, Nothing);
            Add(new HelperDescriptor("bpf_get_prandom_u32") { Number = new HelperNumber(7) }, Nothing);
            Add(new HelperDescriptor("bpf_skb_adjust_room") { Number = new HelperNumber(50), ProgramTypes = ["sched_cls"] }, Nothing);
        }
    }

    private sealed class OtherHelpers : HelperSet
    {
        public OtherHelpers()
            : base("other") => Add(new HelperDescriptor("bpf_get_current_comm") { Number = new HelperNumber(16) }, Nothing);
    }

    private static ulong Nothing(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5) => 0;

    private sealed class TestType(ProgramTypeDescriptor descriptor) : IProgramType
    {
        public ProgramTypeDescriptor Descriptor => descriptor;

        public ProgramEntry Enter(MemoryRegion data, nint scratch) => default;

        public void Leave(MemoryRegion data, nint scratch, ulong result)
        {
        }
    }
}
