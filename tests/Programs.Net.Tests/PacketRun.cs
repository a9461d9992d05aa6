using Skep.Contracts;
using Skep.Isa;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.ProgramTypes.Tests;

/// <summary>What became of a packet.</summary>
internal sealed record PacketResult(uint Value, string Packet);

/// <summary>Runs a program, written as text, on a packet: in Skep and in the running kernel.</summary>
internal static unsafe class PacketRun
{
    public static Registry Registry { get; } = BuildRegistry();

    public static IReadOnlyList<IProgramType> Types { get; } = [.. Registry.ProgramTypes.Select(type => type.Provider)];

    /// <summary>Once proved, once checked while it runs: both must come to the same.</summary>
    public static PacketResult InSkep(string type, string text, byte[] packet)
    {
        PacketResult proved = InSkep(type, text, packet, Proof.Full);
        Assert.Equal(proved, InSkep(type, text, packet, Proof.Structure));
        return proved;
    }

    private static PacketResult InSkep(string type, string text, byte[] packet, Proof proof)
    {
        using var runtime = new SkepRuntime(Registry, Limits.Default);
        var spec = new ProgramSpec { Name = "test", License = "GPL", Instructions = [.. Assemble(text).Select(bits => new RawInstruction(bits))] };
        var options = new LoadOptions { DefaultProgramType = type, Verification = VerificationPolicy.Default with { Proof = proof } };
        using LoadedProgram program = runtime.LoadProgram(spec, new Dictionary<string, LoadedMap>(), options).GetOrThrow();
        byte[] memory = GC.AllocateArray<byte>(packet.Length, pinned: true);
        packet.CopyTo(memory, 0);
        fixed (byte* address = memory)
        {
            RunResult result = program.RunEvent(new MemoryRegion((nint)address, (nuint)packet.Length, MemoryAccess.ReadWrite));
            Assert.Equal(Trap.None, result.Trap);
            return new PacketResult((uint)result.Value, Convert.ToHexString(memory));
        }
    }

    public static PacketResult InKernel(string type, string text, byte[] packet)
    {
        KernelLoadResult loaded = KernelProgram.TryLoad(Assemble(text), NumberOf(type));
        Assert.True(loaded.IsAccepted, loaded.Log);
        using KernelProgram program = loaded.Program;
        KernelRunResult run = program.TestRun(packet, dataSizeOut: 8192);
        Assert.Equal(KernelOracle.Errno.None, run.Error);
        return new PacketResult(run.ReturnValue, Convert.ToHexString(run.DataOut));
    }

    public static KernelProgramType NumberOf(string type) => (KernelProgramType)Registry.FindProgramType(type)!.Provider.Descriptor.Number!.Value.Value;

    public static void SkipWithoutKernel() => Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);

    public static ulong[] Assemble(string text)
    {
        AssemblerResult assembled = Assembler.Assemble(text);
        Assert.True(assembled.Succeeded, string.Join('\n', assembled.Errors));
        return [.. InstructionEncoder.Encode(assembled.Instructions.AsSpan()).Select(slot => slot.Bits)];
    }

    private static Registry BuildRegistry()
    {
        var plugin = new NetProgramsPlugin();
        var registrations = new PluginRegistrations();
        plugin.Register(registrations);
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(new PluginRecord(plugin.Info), [.. registrations.Registrations.Select(registration => Activator.CreateInstance(registration.Implementation)!)]));
        Registry registry = builder.Build();
        Assert.Empty(registry.Findings);
        return registry;
    }
}
