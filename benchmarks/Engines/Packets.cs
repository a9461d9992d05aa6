using System.Buffers.Binary;
using System.Text;

namespace Skep.Benchmarks.Engines;

/// <summary>The packets that the programs run on: 3 KiB and a little more, which fits into one page of the kernel's, the same in every run of the benchmarks.</summary>
internal static class Packets
{
    private const int Bytes = 3088;
    private const int FrameBytes = 64;

    /// <summary>By program; those that are not here get <see cref="Noise"/>.</summary>
    private static readonly Dictionary<string, Func<byte[]>> Makers = new()
    {
        ["tcp_headers"] = () => Frames(tags: _ => 0),
        ["vlan_headers"] = () => Frames(tags: frame => frame % 3),
        ["binary_search"] = Sorted,
        ["string_compare"] = Strings,
        ["base64"] = () => Text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
        ["hex"] = () => Text("0123456789abcdefABCDEF"),
        ["ring_walk"] = Ring,
        ["tlv"] = Items,
        ["log2_histogram"] = Magnitudes,
    };

    public static byte[] For(string program) => Makers.TryGetValue(program, out Func<byte[]>? make) ? make() : Noise();

    // Not security: the same bytes every time.
    private static Random Seeded() => new(20240229);

    private static byte[] Noise()
    {
        byte[] packet = new byte[Bytes];
        Seeded().NextBytes(packet);
        return packet;
    }

    private static byte[] Text(string alphabet)
    {
        byte[] packet = new byte[Bytes];
        Random random = Seeded();
        for (int i = 0; i < Bytes; i++)
        {
            packet[i] = (byte)alphabet[random.Next(alphabet.Length)];
        }

        return packet;
    }

    /// <summary>48 frames of Ethernet, VLAN tags, IPv4 and TCP. A few are no TCP.</summary>
    private static byte[] Frames(Func<int, int> tags)
    {
        byte[] packet = Noise();
        for (int i = 0; i < 3072 / FrameBytes; i++)
        {
            Span<byte> rest = packet.AsSpan(i * FrameBytes + 12);
            for (int tag = 0; tag < tags(i); tag++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(rest, 0x8100);
                rest = rest[4..];
            }

            BinaryPrimitives.WriteUInt16BigEndian(rest, 0x0800);
            Span<byte> ip = rest[2..];
            ip[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], FrameBytes - 14);
            BinaryPrimitives.WriteUInt16BigEndian(ip[6..], 0x4000);
            ip[8] = 64;
            ip[9] = (byte)(i % 5 == 4 ? 17 : 6);
        }

        return packet;
    }

    private static byte[] Sorted()
    {
        byte[] packet = Noise();
        uint[] numbers = [.. Enumerable.Range(0, 256).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(packet.AsSpan(4 * i))).Order()];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(4 * i), numbers[i]);
        }

        return packet;
    }

    /// <summary>Eight pairs of strings in 64 bytes each: equal, or different near the end.</summary>
    private static byte[] Strings()
    {
        byte[] packet = new byte[Bytes];
        for (int pair = 0; pair < 8; pair++)
        {
            byte[] text = Encoding.ASCII.GetBytes($"/var/lib/service-{pair}/data/segments/0000{pair}.log".PadRight(40 + pair * 3, '~'));
            text.CopyTo(packet, pair * 128);
            text.CopyTo(packet, pair * 128 + 64);
            packet[pair * 128 + 64 + text.Length - 1] += (byte)(pair % 2);
        }

        return packet;
    }

    /// <summary>64 nodes (next, weight, stamp), each followed by one of the others, all in one ring.</summary>
    private static byte[] Ring()
    {
        byte[] packet = Noise();
        int[] order = [.. Enumerable.Range(0, 64)];
        Seeded().Shuffle(order);
        for (int i = 0; i < order.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(order[i] * 16), order[(i + 1) % order.Length]);
        }

        return packet;
    }

    /// <summary>Items of a type, a length and as many bytes as that says, up to 1 KiB; type 0 is the end.</summary>
    private static byte[] Items()
    {
        byte[] packet = Noise();
        Random random = Seeded();
        int at = 0;
        while (at < 1000)
        {
            packet[at] = (byte)random.Next(1, 10);
            packet[at + 1] = (byte)random.Next(4, 16);
            at += 2 + packet[at + 1];
        }

        packet[at] = 0;
        return packet;
    }

    private static byte[] Magnitudes()
    {
        byte[] packet = Noise();
        for (int i = 0; i < Bytes / 4; i++)
        {
            Span<byte> number = packet.AsSpan(4 * i);
            BinaryPrimitives.WriteUInt32LittleEndian(number, BinaryPrimitives.ReadUInt32LittleEndian(number) >> (i * 7 % 32));
        }

        return packet;
    }
}
