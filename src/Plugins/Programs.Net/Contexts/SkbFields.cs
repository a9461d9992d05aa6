using System.Collections.Immutable;
using Skep.Contracts;

namespace Skep.ProgramTypes.Contexts;

/// <summary>
/// The fields of <c>struct __sk_buff</c>, and which of them a type's programs may read and write (*_is_valid_access of net/core/filter.c). Numbers may be read in
/// part; the kernel wants some of them whole.
/// </summary>
internal static class SkbFields
{
    private const int Cells = 5;
    private const int AddressWords = 4;

    private static readonly ImmutableArray<ContextField> All =
    [
        Number("len", 0), Number("pkt_type", 4), Number("mark", 8), Number("queue_mapping", 12), Number("protocol", 16),
        Number("vlan_present", 20), Number("vlan_tci", 24), Number("vlan_proto", 28), Number("priority", 32),
        Number("ingress_ifindex", 36), Number("ifindex", 40), Number("tc_index", 44),
        .. Enumerable.Range(0, Cells).Select(i => Number($"cb[{i}]", 48 + (i * sizeof(uint)))),
        Number("hash", 68), Number("tc_classid", 72),
        Pointer("data", 76, ContextFieldKind.PacketStart, SkbContext.DataAt),
        Pointer("data_end", 80, ContextFieldKind.PacketEnd, SkbContext.DataEndAt),
        Number("napi_id", 84), Number("family", 88), Number("remote_ip4", 92), Number("local_ip4", 96),
        .. Enumerable.Range(0, AddressWords).Select(i => Number($"remote_ip6[{i}]", 100 + (i * sizeof(uint)))),
        .. Enumerable.Range(0, AddressWords).Select(i => Number($"local_ip6[{i}]", 116 + (i * sizeof(uint)))),
        Number("remote_port", 132), Number("local_port", 136),
        Pointer("data_meta", 140, ContextFieldKind.PacketMeta, SkbContext.DataMetaAt),
        Number("tstamp", 152, sizeof(ulong)), Number("wire_len", 160), Number("gso_segs", 164),
        new("sk", 168, sizeof(ulong)) { Kind = ContextFieldKind.ObjectOrNull, ObjectType = "sock_common" },
        Number("gso_size", 176), Number("tstamp_type", 180, sizeof(byte)), Number("hwtstamp", 184, sizeof(ulong)),
    ];

    /// <summary>What the socket that a packet belongs to would say.</summary>
    public static ImmutableArray<string> OfSocket { get; } = ["family", "remote_ip4", "local_ip4", "remote_ip6", "local_ip6", "remote_port", "local_port"];

    /// <param name="writable">Names, of arrays without their index.</param>
    /// <param name="hidden">Likewise.</param>
    /// <param name="packet">What may be done through the packet pointers.</param>
    public static ContextLayout Layout(IEnumerable<string> writable, IEnumerable<string> hidden, MemoryAccess packet = MemoryAccess.None)
    {
        HashSet<string> writes = [.. writable];
        HashSet<string> hides = [.. hidden];
        return new ContextLayout
        {
            TypeNames = ["__sk_buff"],
            Size = SkbContext.ProgramBytes,
            HostSize = SkbContext.ScratchBytes,
            Fields = [.. All.Where(field => !hides.Contains(NameOf(field))).Select(field => field with
            {
                Access = writes.Contains(NameOf(field)) ? MemoryAccess.ReadWrite : MemoryAccess.Read,
                TargetAccess = field.HostOffset is null ? field.TargetAccess : packet,
            })],
        };
    }

    private static string NameOf(ContextField field) => field.Name.Split('[')[0];

    private static ContextField Number(string name, int offset, int size = sizeof(uint)) => new(name, offset, size);

    private static ContextField Pointer(string name, int offset, ContextFieldKind kind, int hostOffset)
        => new(name, offset, sizeof(uint)) { Kind = kind, HostOffset = hostOffset, HostSize = sizeof(ulong) };
}
