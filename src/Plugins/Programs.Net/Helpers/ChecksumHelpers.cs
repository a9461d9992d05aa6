using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.ProgramTypes.Contexts;

namespace Skep.ProgramTypes.Helpers;

/// <summary>Keeps checksums right when a packet is changed; prototypes and order of the checks as in net/core/filter.c.</summary>
/// <remarks>No hardware completes a checksum here, so that whether a field belongs to the pseudo header makes no difference.</remarks>
public sealed unsafe class ChecksumHelpers : HelperSet
{
    private const ulong MaxOffset = 0xffff;

    // BPF_F_HDR_FIELD_MASK, BPF_F_PSEUDO_HDR, BPF_F_MARK_MANGLED_0, BPF_F_MARK_ENFORCE, BPF_F_IPV6
    private const ulong FieldMask = 0xf;
    private const ulong PseudoHeader = 1 << 4;
    private const ulong MarkMangled0 = 1 << 5;
    private const ulong MarkEnforce = 1 << 6;
    private const ulong IsIpv6 = 1 << 7;
    private const ushort Mangled0 = 0xffff;

    public ChecksumHelpers()
        : base("checksum")
    {
        Add(
            new HelperDescriptor("bpf_csum_diff")
            {
                Number = new(28),
                Description = "The difference that replacing one buffer by another makes to a checksum, on top of a seed.",
                Arguments =
                [
                    Argument.Readable("from", HelperArgumentFlags.MaybeNull), Argument.SizeOrZero("from_size"),
                    Argument.Readable("to", HelperArgumentFlags.MaybeNull), Argument.SizeOrZero("to_size"),
                    Argument.Number("seed"),
                ],
                ProgramTypes = Argument.TrafficControlAndXdp,
            },
            static (_, from, fromSize, to, toSize, seed) => Difference(Span(from, fromSize), Span(to, toSize), (uint)seed));
        Add(
            new HelperDescriptor("bpf_l3_csum_replace")
            {
                Number = new(10),
                Description = "Corrects the checksum of a network header for a field that changed; the flags say its size.",
                Arguments = [Argument.Context, Argument.Number("offset"), Argument.Number("from"), Argument.Number("to"), Argument.Flags],
                ProgramTypes = Argument.TrafficControl,
                InvalidatesPackets = true,
            },
            ReplaceNetwork);
        Add(
            new HelperDescriptor("bpf_l4_csum_replace")
            {
                Number = new(11),
                Description = "Corrects the checksum of a transport header for a field that changed; the flags say its size.",
                Arguments = [Argument.Context, Argument.Number("offset"), Argument.Number("from"), Argument.Number("to"), Argument.Flags],
                ProgramTypes = Argument.TrafficControl,
                InvalidatesPackets = true,
            },
            ReplaceTransport);
    }

    private static ReadOnlySpan<byte> Span(ulong address, ulong size) => new((void*)address, checked((int)size));

    private static ulong Difference(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, uint seed)
    {
        uint sum = (from.IsEmpty, to.IsEmpty) switch
        {
            (false, false) => InternetChecksum.Subtract(InternetChecksum.Partial(to, seed), InternetChecksum.Partial(from, 0)),
            (true, false) => InternetChecksum.Partial(to, seed),
            (false, true) => ~InternetChecksum.Partial(from, ~seed),
            _ => seed,
        };
        return InternetChecksum.To16(sum);
    }

    private static ulong ReplaceNetwork(Invocation* invocation, ulong context, ulong offset, ulong from, ulong to, ulong flags)
    {
        if ((flags & ~FieldMask) != 0)
        {
            return Errno.EINVAL.ToProgram();
        }

        byte* place = Find(invocation, context, offset);
        return place is null ? Errno.EFAULT.ToProgram() : Replace(place, from, to, flags & FieldMask);
    }

    private static ulong ReplaceTransport(Invocation* invocation, ulong context, ulong offset, ulong from, ulong to, ulong flags)
    {
        if ((flags & ~(FieldMask | PseudoHeader | MarkMangled0 | MarkEnforce | IsIpv6)) != 0)
        {
            return Errno.EINVAL.ToProgram();
        }

        byte* place = Find(invocation, context, offset);
        if (place is null)
        {
            return Errno.EFAULT.ToProgram();
        }

        // UDP: a checksum of 0 means that there is none, and one that comes out as 0 is written as its other form.
        bool zeroMeansNone = (flags & MarkMangled0) != 0;
        if (zeroMeansNone && (flags & MarkEnforce) == 0 && Unsafe.ReadUnaligned<ushort>(place) == 0)
        {
            return 0;
        }

        ulong result = Replace(place, from, to, flags & FieldMask);
        if (result == 0 && zeroMeansNone && Unsafe.ReadUnaligned<ushort>(place) == 0)
        {
            Unsafe.WriteUnaligned(place, Mangled0);
        }

        return result;
    }

    private static byte* Find(Invocation* invocation, ulong context, ulong offset)
        => (uint)offset <= MaxOffset && offset % 2 == 0 && PacketBytesHelpers.CanWrite(invocation) ? PacketState.Of(context)->Find((uint)offset, sizeof(ushort)) : null;

    /// <param name="fieldSize">Of what changed, in bytes; 0 when <paramref name="to"/> is a difference.</param>
    private static ulong Replace(byte* place, ulong from, ulong to, ulong fieldSize)
    {
        ushort checksum = Unsafe.ReadUnaligned<ushort>(place);
        switch (fieldSize)
        {
            case 0 when from == 0:
                checksum = InternetChecksum.ReplaceByDifference(checksum, (uint)to);
                break;
            case sizeof(ushort):
                checksum = InternetChecksum.Replace2(checksum, (ushort)from, (ushort)to);
                break;
            case sizeof(uint):
                checksum = InternetChecksum.Replace4(checksum, (uint)from, (uint)to);
                break;
            default:
                return Errno.EINVAL.ToProgram();
        }

        Unsafe.WriteUnaligned(place, checksum);
        return 0;
    }
}
