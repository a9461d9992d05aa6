using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.ProgramTypes.Contexts;

/// <summary>
/// A packet in a frame as drivers give it to XDP: 256 bytes of room in front (XDP_PACKET_HEADROOM), of which the kernel keeps 40 for its own struct xdp_frame, and the rest of a
/// page behind, less the 320 of struct skb_shared_info. Longer packets stay where they are and have no room.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct XdpFrame
{
    private const int HeadBytes = 256;
    private const int KernelHeadBytes = 40;

    /// <summary>The longest packet that gets a frame, in bytes.</summary>
    public const int MaxPacketBytes = 4096 - HeadBytes - 320;

    public PacketState State;
    public XdpContext Context;
    private fixed byte _room[HeadBytes + MaxPacketBytes];

    public static int Bytes => sizeof(XdpFrame);

    public static void Open(XdpFrame* frame, MemoryRegion packet)
    {
        PacketState* state = &frame->State;
        bool fits = packet.Length <= MaxPacketBytes;
        byte* room = frame->_room;
        state->Data = fits ? room + HeadBytes : (byte*)packet.Address;
        state->End = state->Data + packet.Length;
        state->Meta = state->Seen = state->Data;
        state->RoomStart = fits ? room + KernelHeadBytes : state->Data;
        state->RoomEnd = fits ? room + HeadBytes + MaxPacketBytes : state->End;
        state->NetworkOffset = 0;
        if (fits)
        {
            NativeMemory.Copy((void*)packet.Address, state->Data, packet.Length);
        }

        frame->Context = default;
        Publish(frame);
    }

    /// <summary>Carries the packet back, as far as it fits where it came from; where it has become shorter, zeros follow.</summary>
    public static void Close(XdpFrame* frame, MemoryRegion packet)
    {
        PacketState* state = &frame->State;
        if ((packet.Access & MemoryAccess.Write) != 0 && packet.Length > 0 && (byte*)packet.Address != state->Data)
        {
            nuint length = nuint.Min(packet.Length, state->Length);
            Buffer.MemoryCopy(state->Data, (void*)packet.Address, packet.Length, length);
            NativeMemory.Clear((byte*)packet.Address + length, packet.Length - length);
        }
    }

    /// <summary>Gives the program the packet's ends as they are now.</summary>
    public static void Publish(XdpFrame* frame)
    {
        PacketState* state = &frame->State;
        frame->Context.Data = state->Data;
        frame->Context.DataEnd = state->End;
        frame->Context.DataMeta = state->Meta;
    }

    public static MemoryRegion ContextRegion(XdpFrame* frame) => new((nint)(&frame->Context), (nuint)sizeof(XdpContext), MemoryAccess.Read);
}
