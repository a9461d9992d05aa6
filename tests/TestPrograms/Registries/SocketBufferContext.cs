using System.Collections.Immutable;
using Skep.Contracts;

namespace Skep.TestPrograms.Registries;

/// <summary><c>struct __sk_buff</c> of linux/bpf.h, with the rights that each type has in net/core/filter.c of Linux 6.18.</summary>
internal static class SocketBufferContext
{
    private const int Size = 192;

    private static readonly ImmutableArray<ContextField> All =
    [
        Field("len", 0), Field("pkt_type", 4), Field("mark", 8), Field("queue_mapping", 12), Field("protocol", 16), Field("vlan_present", 20),
        Field("vlan_tci", 24), Field("vlan_proto", 28), Field("priority", 32), Field("ingress_ifindex", 36), Field("ifindex", 40), Field("tc_index", 44),
        Field("cb[0]", 48), Field("cb[1]", 52), Field("cb[2]", 56), Field("cb[3]", 60), Field("cb[4]", 64),
        Field("hash", 68), Field("tc_classid", 72),
        Field("data", 76) with { Kind = ContextFieldKind.PacketStart }, Field("data_end", 80) with { Kind = ContextFieldKind.PacketEnd },
        Field("napi_id", 84), Field("family", 88), Field("remote_ip4", 92), Field("local_ip4", 96),
        Field("remote_ip6[0]", 100), Field("remote_ip6[1]", 104), Field("remote_ip6[2]", 108), Field("remote_ip6[3]", 112),
        Field("local_ip6[0]", 116), Field("local_ip6[1]", 120), Field("local_ip6[2]", 124), Field("local_ip6[3]", 128),
        Field("remote_port", 132), Field("local_port", 136),
        Field("data_meta", 140) with { Kind = ContextFieldKind.PacketMeta },
        Field("tstamp", 152, 8), Field("wire_len", 160), Field("gso_segs", 164),
        Field("sk", 168, 8) with { Kind = ContextFieldKind.ObjectOrNull, ObjectType = "sock_common" },
        Field("gso_size", 176), Field("tstamp_type", 180, 1), Field("hwtstamp", 184, 8),
    ];

    private static readonly string[] Callback = ["cb[0]", "cb[1]", "cb[2]", "cb[3]", "cb[4]"];

    private static readonly string[] SocketNames = [.. All.Where(field => field.Offset is >= 88 and <= 136).Select(field => field.Name)];

    /// <summary>sk_filter_is_valid_access</summary>
    internal static ContextLayout SocketFilter { get; } = Layout(
        ["tc_classid", "data", "data_meta", "data_end", "tstamp", "wire_len", "hwtstamp", "tstamp_type", .. SocketNames], Callback, MemoryAccess.Read);

    /// <summary>cg_skb_is_valid_access</summary>
    internal static ContextLayout Cgroup { get; } = Layout(
        ["tc_classid", "data_meta", "wire_len", "tstamp_type"], ["mark", "priority", "tstamp", .. Callback], MemoryAccess.Read);

    /// <summary>tc_cls_act_is_valid_access</summary>
    internal static ContextLayout TrafficControl { get; } = Layout(
        SocketNames, ["mark", "tc_index", "priority", "tc_classid", "tstamp", "queue_mapping", .. Callback], MemoryAccess.ReadWrite);

    private static ContextField Field(string name, int offset, int size = 4) => new(name, offset, size);

    private static ContextLayout Layout(string[] hidden, string[] writable, MemoryAccess packet) => new()
    {
        Size = Size,
        TypeNames = ["__sk_buff"],
        Fields =
        [
            .. All.Where(field => !hidden.Contains(field.Name)).Select(field => field with
            {
                Access = writable.Contains(field.Name) ? MemoryAccess.ReadWrite : MemoryAccess.Read,
                TargetAccess = packet,
            }),
        ],
    };
}
