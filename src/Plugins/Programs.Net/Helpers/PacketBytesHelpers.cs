using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.ProgramTypes.Contexts;

namespace Skep.ProgramTypes.Helpers;

/// <summary>Copies bytes out of and into packets, and asks for them to be directly accessible, which here they always are.</summary>
/// <remarks>Prototypes as in net/core/filter.c. Packets are in one piece; offsets beyond 65535 are refused as there.</remarks>
public sealed unsafe class PacketBytesHelpers : HelperSet
{
    private const ulong MaxOffset = 0xffff;

    // BPF_F_RECOMPUTE_CSUM, BPF_F_INVALIDATE_HASH: promises about the kernel's own copies of both, of which there are none here.
    private const ulong StoreFlags = 3;

    // BPF_HDR_START_MAC, BPF_HDR_START_NET
    private const ulong FromLink = 0;
    private const ulong FromNetwork = 1;

    public PacketBytesHelpers()
        : base("packet_bytes")
    {
        Add(
            new HelperDescriptor("bpf_skb_load_bytes")
            {
                Number = new(26),
                Description = "Copies bytes of the packet; zeros and -EFAULT where it has none.",
                Arguments = [Argument.Context, Argument.Number("offset"), Argument.Out("to"), Argument.Size("len")],
                ProgramTypes = Argument.Skb,
            },
            static (_, context, offset, to, length, _) => Load(PacketState.Of(context), (uint)offset, to, length));
        Add(
            new HelperDescriptor("bpf_skb_load_bytes_relative")
            {
                Number = new(68),
                Description = "As bpf_skb_load_bytes, counted from the link header (0) or the network header (1).",
                Arguments = [Argument.Context, Argument.Number("offset"), Argument.Out("to"), Argument.Size("len"), Argument.Number("start_header")],
                ProgramTypes = ["sched_cls", "sched_act", "socket_filter", "cgroup_skb"],
            },
            LoadRelative);
        Add(
            new HelperDescriptor("bpf_skb_store_bytes")
            {
                Number = new(9),
                Description = "Copies bytes into the packet; -EFAULT where it has none.",
                Arguments = [Argument.Context, Argument.Number("offset"), Argument.Readable("from"), Argument.Size("len"), Argument.Flags],
                ProgramTypes = Argument.TrafficControl,
                InvalidatesPackets = true,
            },
            Store);
        Add(
            new HelperDescriptor("bpf_skb_pull_data")
            {
                Number = new(39),
                Description = "Makes the packet's first bytes directly accessible; -ENOMEM when it is shorter.",
                Arguments = [Argument.Context, Argument.Number("len")],
                ProgramTypes = Argument.TrafficControl,
                InvalidatesPackets = true,
            },
            static (_, context, length, _, _, _) => (uint)length > PacketState.Of(context)->Length ? Errno.ENOMEM.ToProgram() : 0);
        Add(
            new HelperDescriptor("bpf_xdp_load_bytes")
            {
                Number = new(189),
                Description = "Copies bytes of the packet; -EINVAL where it has none.",
                Arguments = [Argument.Context, Argument.Number("offset"), Argument.Out("buf"), Argument.Size("len")],
                ProgramTypes = Argument.Xdp,
            },
            static (_, context, offset, to, length, _) => Copy(PacketState.Of(context), (uint)offset, (byte*)to, (uint)length, isStore: false));
        Add(
            new HelperDescriptor("bpf_xdp_store_bytes")
            {
                Number = new(190),
                Description = "Copies bytes into the packet; -EINVAL where it has none.",
                Arguments = [Argument.Context, Argument.Number("offset"), Argument.Readable("buf"), Argument.Size("len")],
                ProgramTypes = Argument.Xdp,
            },
            static (_, context, offset, from, length, _) => Copy(PacketState.Of(context), (uint)offset, (byte*)from, (uint)length, isStore: true));
    }

    private static ulong Load(PacketState* packet, ulong offset, ulong to, ulong length)
    {
        byte* from = offset > MaxOffset ? null : packet->Find(offset, length);
        if (from is null)
        {
            NativeMemory.Clear((void*)to, (nuint)length);
            return Errno.EFAULT.ToProgram();
        }

        NativeMemory.Copy(from, (void*)to, (nuint)length);
        return 0;
    }

    private static ulong LoadRelative(Invocation* invocation, ulong context, ulong offset, ulong to, ulong length, ulong from)
    {
        PacketState* packet = PacketState.Of(context);
        bool hasStart = from == FromNetwork || (from == FromLink && packet->NetworkOffset > 0);
        ulong start = from == FromNetwork ? (ulong)packet->NetworkOffset : 0;
        return Load(packet, hasStart && (uint)offset <= MaxOffset ? start + (uint)offset : ulong.MaxValue, to, length);
    }

    private static ulong Store(Invocation* invocation, ulong context, ulong offset, ulong from, ulong length, ulong flags)
    {
        if ((flags & ~StoreFlags) != 0)
        {
            return Errno.EINVAL.ToProgram();
        }

        byte* to = CanWrite(invocation) && (uint)offset <= MaxOffset ? PacketState.Of(context)->Find((uint)offset, length) : null;
        if (to is null)
        {
            return Errno.EFAULT.ToProgram();
        }

        // The bytes may come from the packet itself.
        Buffer.MemoryCopy((void*)from, to, length, length);
        return 0;
    }

    private static ulong Copy(PacketState* packet, uint offset, byte* buffer, uint length, bool isStore)
    {
        if (offset > MaxOffset || length > MaxOffset)
        {
            return Errno.EFAULT.ToProgram();
        }

        byte* place = packet->Find(offset, length);
        if (place is null)
        {
            return Errno.EINVAL.ToProgram();
        }

        Buffer.MemoryCopy(isStore ? buffer : place, isStore ? place : buffer, length, length);
        return 0;
    }

    /// <summary>A source may deliver packets that must stay as they are.</summary>
    internal static bool CanWrite(Invocation* invocation) => (invocation->Packet.Access & MemoryAccess.Write) != 0;
}
