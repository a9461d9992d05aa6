using Skep.Contracts;

namespace Skep.TestPrograms.Registries;

/// <summary><c>struct xdp_md</c> of linux/bpf.h; <c>egress_ifindex</c> is there only for programs of device maps.</summary>
internal static class XdpContext
{
    internal static ContextLayout Layout { get; } = new()
    {
        Size = 24,
        TypeNames = ["xdp_md"],
        Fields =
        [
            new("data", 0, 4) { Kind = ContextFieldKind.PacketStart, TargetAccess = MemoryAccess.ReadWrite },
            new("data_end", 4, 4) { Kind = ContextFieldKind.PacketEnd },
            new("data_meta", 8, 4) { Kind = ContextFieldKind.PacketMeta, TargetAccess = MemoryAccess.ReadWrite },
            new("ingress_ifindex", 12, 4),
            new("rx_queue_index", 16, 4),
        ],
    };
}
