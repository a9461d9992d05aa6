using Skep.Contracts;
using Skep.Testing;

namespace Skep.ProgramTypes.Tests;

/// <summary>The program types keep the contract, on every engine.</summary>
public static class ContractTests
{
    private const ulong Ipv4 = 0x0008;

    private static readonly byte[] Frame = [.. Enumerable.Range(0, 12).Select(i => (byte)i), 0x08, 0x00, .. Enumerable.Range(14, 50).Select(i => (byte)i)];

    private static IEnumerable<SampleEvent> Packets(ulong protocol, byte[] packet)
    {
        yield return new(packet, new Dictionary<string, ulong> { ["len"] = (ulong)packet.Length, ["protocol"] = protocol, ["mark"] = 0 });
        yield return new([packet[0]], new Dictionary<string, ulong> { ["len"] = 1 });
    }

    public abstract class Contract : ProgramTypeContract
    {
        protected override IEnumerable<IJitBackend> Backends => [new Jit.X64.X64Backend(), new Jit.Cil.CilBackend()];
    }

    public sealed class Xdp : Contract
    {
        protected override IEnumerable<SampleEvent> Events =>
        [
            new(Frame, new Dictionary<string, ulong> { ["ingress_ifindex"] = 0, ["rx_queue_index"] = 0 }),
            new([7]),
        ];

        protected override IProgramType Create() => new XdpType();
    }

    public sealed class SchedCls : Contract
    {
        protected override IEnumerable<SampleEvent> Events => Packets(Ipv4, Frame);

        protected override IProgramType Create() => new SchedClsType();
    }

    public sealed class SocketFilter : Contract
    {
        protected override IEnumerable<SampleEvent> Events => Packets(Ipv4, Frame);

        protected override IProgramType Create() => new SocketFilterType();
    }

    public sealed class CgroupSkb : Contract
    {
        protected override IEnumerable<SampleEvent> Events => Packets(Ipv4, [0x45, .. Frame]);

        protected override IProgramType Create() => new CgroupSkbType();
    }

    public sealed class Plugin : PluginContract
    {
        protected override IPlugin Create() => new NetProgramsPlugin();
    }
}
