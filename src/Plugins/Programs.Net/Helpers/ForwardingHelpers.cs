using Skep.Contracts;
using Skep.ProgramTypes.Contexts;

namespace Skep.ProgramTypes.Helpers;

/// <summary>What decides where a packet goes; prototypes as in net/core/filter.c.</summary>
public sealed unsafe class ForwardingHelpers : HelperSet
{
    private const ulong XdpAborted = 0;
    private const ulong XdpRedirect = 4;
    private const ulong Shot = 2;
    private const ulong Redirected = 7;

    // BPF_F_INGRESS
    private const ulong Ingress = 1;

    // FNV-1a, 32 bits
    private const uint HashStart = 2166136261;
    private const uint HashFactor = 16777619;

    public ForwardingHelpers()
        : base("forwarding")
    {
        Add(
            new HelperDescriptor("bpf_redirect")
            {
                Number = new(23),
                Description = "The result by which a packet goes to another interface; the packet's source carries it out, where it can.",
                Arguments = [Argument.Number("ifindex"), Argument.Flags],
                ProgramTypes = Argument.TrafficControlAndXdp,
            },
            static (invocation, _, flags, _, _, _) => invocation->ProgramType is XdpType
                ? (flags == 0 ? XdpRedirect : XdpAborted)
                : (flags & ~Ingress) == 0 ? Redirected : Shot);
        Add(
            new HelperDescriptor("bpf_get_hash_recalc")
            {
                Number = new(34),
                Description = "A number that packets of one flow have in common and others seldom.",
                Arguments = [Argument.Context],
                ProgramTypes = Argument.TrafficControl,
            },
            static (_, context, _, _, _, _) => Hash(PacketState.Of(context)));
    }

    /// <summary>Over addresses, protocol and ports of IPv4 and IPv6; over the first header of anything else. Never 0, which means that there is none.</summary>
    private static uint Hash(PacketState* packet)
    {
        var bytes = new ReadOnlySpan<byte>(packet->Data, (int)packet->Length);
        ReadOnlySpan<byte> network = bytes[Math.Min(packet->NetworkOffset, bytes.Length)..];
        uint hash = network switch
        {
            [>= 0x45 and <= 0x4f, ..] when network.Length >= 20 => Transport(Mix(Mix(HashStart, network.Slice(12, 8)), network.Slice(9, 1)), network, (network[0] & 0xf) * 4, network[9]),
            [>= 0x60 and <= 0x6f, ..] when network.Length >= 40 => Transport(Mix(Mix(HashStart, network.Slice(8, 32)), network.Slice(6, 1)), network, 40, network[6]),
            _ => Mix(HashStart, bytes[..Math.Min(bytes.Length, 14)]),
        };
        return hash == 0 ? 1 : hash;
    }

    /// <summary>The ports of TCP, UDP and SCTP.</summary>
    private static uint Transport(uint hash, ReadOnlySpan<byte> network, int headerBytes, byte protocol)
        => protocol is 6 or 17 or 132 && network.Length >= headerBytes + 4 ? Mix(hash, network.Slice(headerBytes, 4)) : hash;

    private static uint Mix(uint hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * HashFactor;
        }

        return hash;
    }
}
