using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.ProgramTypes.Contexts;

/// <summary>
/// <c>struct __sk_buff</c> (include/uapi/linux/bpf.h) as programs see it, and behind it the addresses that three of its fields stand for; in front of it the packet's state.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = HostBytes)]
internal unsafe struct SkbContext
{
    /// <summary>sizeof(struct __sk_buff)</summary>
    public const int ProgramBytes = 192;

    public const int DataAt = ProgramBytes;
    public const int DataEndAt = DataAt + sizeof(ulong);
    public const int DataMetaAt = DataEndAt + sizeof(ulong);
    private const int HostBytes = DataMetaAt + sizeof(ulong);

    private const int EthernetBytes = 14;
    private const int EthernetTypeAt = 12;

    // Smaller numbers in the type's place are lengths of IEEE 802.3 frames (ETH_P_802_3_MIN); their protocol is ETH_P_802_2.
    private const int SmallestEthernetType = 0x600;
    private const ushort Ieee8022 = 4;
    private const ushort Ipv4 = 0x0800;
    private const ushort Ipv6 = 0x86dd;

    [FieldOffset(0)]
    public uint Length;

    [FieldOffset(16)]
    public uint Protocol;

    [FieldOffset(160)]
    public uint WireLength;

    [FieldOffset(DataAt)]
    public byte* Data;

    [FieldOffset(DataEndAt)]
    public byte* DataEnd;

    [FieldOffset(DataMetaAt)]
    public byte* DataMeta;

    /// <summary>What a run needs in all, in bytes.</summary>
    public const int ScratchBytes = PacketState.Bytes + HostBytes;

    /// <param name="isFramed">The packet starts with its Ethernet header, not with its network header.</param>
    public static ProgramEntry Enter(MemoryRegion packet, nint scratch, bool isFramed, MemoryAccess context)
    {
        var state = (PacketState*)scratch;
        var skb = (SkbContext*)(scratch + PacketState.Bytes);
        byte* data = (byte*)packet.Address;
        *state = default;
        state->RoomStart = state->Seen = state->Meta = state->Data = data;
        state->RoomEnd = state->End = data + packet.Length;
        state->NetworkOffset = isFramed ? EthernetBytes : 0;
        *skb = default;
        skb->Length = skb->WireLength = (uint)packet.Length;
        skb->Protocol = BinaryPrimitives.ReverseEndianness(ProtocolOf(new ReadOnlySpan<byte>(data, (int)nuint.Min(packet.Length, EthernetBytes)), isFramed));
        skb->Data = skb->DataMeta = data;
        skb->DataEnd = state->End;
        return new ProgramEntry((ulong)skb, 0, new MemoryRegion((nint)skb, HostBytes, context), packet);
    }

    /// <summary>As eth_type_trans; without an Ethernet header the version in the first byte decides.</summary>
    private static ushort ProtocolOf(ReadOnlySpan<byte> start, bool isFramed)
    {
        if (!isFramed)
        {
            return start switch
            {
                [>= 0x40 and <= 0x4f, ..] => Ipv4,
                [>= 0x60 and <= 0x6f, ..] => Ipv6,
                _ => 0,
            };
        }

        ushort type = start.Length < EthernetBytes ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(start[EthernetTypeAt..]);
        return type is 0 or >= SmallestEthernetType ? type : Ieee8022;
    }
}
