using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.ProgramTypes.Contexts;

/// <summary>
/// <c>struct xdp_md</c> (include/uapi/linux/bpf.h) as programs see it, and behind it the addresses that its first three fields stand for. What may be read is
/// what xdp_is_valid_access of net/core/filter.c allows: each field whole, none written. The device that a packet leaves by is for programs of a device map only.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct XdpContext
{
    public uint Data32;
    public uint DataEnd32;
    public uint DataMeta32;
    public uint IngressInterface;
    public uint ReceiveQueue;
    public uint EgressInterface;
    public byte* Data;
    public byte* DataEnd;
    public byte* DataMeta;

    /// <summary>sizeof(struct xdp_md)</summary>
    private const int ProgramBytes = 24;

    public static ContextLayout Layout { get; } = new()
    {
        TypeNames = ["xdp_md"],
        Size = ProgramBytes,
        HostSize = XdpFrame.Bytes,
        Fields =
        [
            Pointer("data", 0, ContextFieldKind.PacketStart, ProgramBytes),
            Pointer("data_end", 4, ContextFieldKind.PacketEnd, ProgramBytes + sizeof(ulong)),
            Pointer("data_meta", 8, ContextFieldKind.PacketMeta, ProgramBytes + (2 * sizeof(ulong))),
            new("ingress_ifindex", 12, sizeof(uint)),
            new("rx_queue_index", 16, sizeof(uint)),
        ],
    };

    private static ContextField Pointer(string name, int offset, ContextFieldKind kind, int hostOffset) => new(name, offset, sizeof(uint))
    {
        Kind = kind,
        HostOffset = hostOffset,
        HostSize = sizeof(ulong),
        TargetAccess = MemoryAccess.ReadWrite,
    };
}
