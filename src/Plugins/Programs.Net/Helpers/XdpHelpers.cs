using Skep.Contracts;
using Skep.ProgramTypes.Contexts;

namespace Skep.ProgramTypes.Helpers;

/// <summary>Moves the ends of a packet within its frame; limits and errors as in net/core/filter.c.</summary>
public sealed unsafe class XdpHelpers : HelperSet
{
    private const int EthernetBytes = 14;

    // xdp_metalen_invalid: the length is kept in a byte, and in words.
    private const long MaxMetadataBytes = 252;
    private const long MetadataUnit = 4;

    public XdpHelpers()
        : base("xdp")
    {
        Move(44, "bpf_xdp_adjust_head", "Moves the packet's start; -EINVAL when there is no room or no Ethernet header left.", AdjustHead);
        Move(54, "bpf_xdp_adjust_meta", "Moves the start of the metadata in front of the packet; -EINVAL when there is no room.", AdjustMetadata);
        Move(65, "bpf_xdp_adjust_tail", "Moves the packet's end, new bytes are 0; -EINVAL when there is no room or no Ethernet header left.", AdjustTail);
        Add(
            new HelperDescriptor("bpf_xdp_get_buff_len")
            {
                Number = new(188),
                Description = "The packet's length in bytes.",
                Arguments = [Argument.Context],
                ProgramTypes = Argument.Xdp,
            },
            static (_, context, _, _, _, _) => PacketState.Of(context)->Length);
    }

    private delegate Errno Adjustment(PacketState* packet, int delta);

    private void Move(int number, string name, string description, Adjustment adjust)
        => Add(
            new HelperDescriptor(name)
            {
                Number = new(number),
                Description = description,
                Arguments = [Argument.Context, Argument.Number("delta")],
                ProgramTypes = Argument.Xdp,
                InvalidatesPackets = true,
            },
            (invocation, context, delta, _, _, _) =>
            {
                PacketState* packet = PacketState.Of(context);
                Errno errno = adjust(packet, (int)delta);
                if (errno == Errno.None)
                {
                    XdpFrame.Publish((XdpFrame*)packet);
                    invocation->Packet = packet->Region(MemoryAccess.ReadWrite);
                }

                return errno.ToProgram();
            });

    private static Errno AdjustHead(PacketState* packet, int delta)
    {
        long metadata = packet->Data - packet->Meta;
        byte* data = packet->Data + delta;
        if (data < packet->RoomStart + metadata || data > packet->End - EthernetBytes)
        {
            return Errno.EINVAL;
        }

        // The metadata goes with the packet.
        packet->Reveal(data - metadata);
        Buffer.MemoryCopy(packet->Meta, data - metadata, metadata, metadata);
        packet->Data = data;
        packet->Meta = data - metadata;
        return Errno.None;
    }

    private static Errno AdjustMetadata(PacketState* packet, int delta)
    {
        byte* meta = packet->Meta + delta;
        if (meta < packet->RoomStart || meta > packet->Data)
        {
            return Errno.EINVAL;
        }

        long length = packet->Data - meta;
        if (length % MetadataUnit != 0 || length > MaxMetadataBytes)
        {
            return Errno.EACCES;
        }

        packet->Reveal(meta);
        packet->Meta = meta;
        return Errno.None;
    }

    private static Errno AdjustTail(PacketState* packet, int delta)
    {
        byte* end = packet->End + delta;
        if (end > packet->RoomEnd || end < packet->Data + EthernetBytes)
        {
            return Errno.EINVAL;
        }

        if (delta > 0)
        {
            new Span<byte>(packet->End, delta).Clear();
        }

        packet->End = end;
        return Errno.None;
    }
}
