namespace Skep.ProgramTypes.Tests;

/// <summary>XDP programs do with a packet what they do in the kernel.</summary>
public sealed class XdpTests
{
    private static readonly byte[] Packet = [.. Enumerable.Range(0, 64).Select(i => (byte)(i + 1))];

    /// <summary>The packet's ends as pointers: r2, r3; the context in r6.</summary>
    private const string Ends = """
        r6 = r1
        r2 = *(u32 *)(r1 +0)
        r3 = *(u32 *)(r1 +4)

        """;

    public static TheoryData<string> Programs =>
    [
        // The length.
        Ends + "r3 -= r2\nr0 = r3\nexit",

        // A byte of the packet, through a spilled context.
        """
        *(u64 *)(r10 -8) = r1
        r1 = *(u64 *)(r10 -8)
        r2 = *(u32 *)(r1 +0)
        r3 = *(u32 *)(r1 +4)
        r0 = 1
        r4 = r2
        r4 += 14
        if r4 > r3 goto out
        r0 = *(u8 *)(r2 +13)
        out:
        exit
        """,

        // In a function.
        """
        call count
        exit
        count:
        r2 = *(u32 *)(r1 +0)
        r3 = *(u32 *)(r1 +4)
        r0 = r3
        r0 -= r2
        exit
        """,

        // Exchange of two bytes.
        Ends + """
        r0 = 2
        r4 = r2
        r4 += 14
        if r4 > r3 goto out
        r4 = *(u8 *)(r2 +0)
        r5 = *(u8 *)(r2 +6)
        *(u8 *)(r2 +0) = r5
        *(u8 *)(r2 +6) = r4
        r0 = 3
        out:
        exit
        """,

        // Metadata is empty at first.
        Ends + "r0 = *(u32 *)(r1 +8)\nr2 -= r0\nr0 = r2\nexit",
        "r2 = 0\nr3 = 0\nr0 = *(u32 *)(r1 +16)\nexit",
        .. from delta in (int[])[-217, -216, -200, -4, 0, 4, 50, 51, 64, 1000] select Adjust(44, delta),
        .. from delta in (int[])[-257, -256, -252, -216, -40, -36, -32, -8, -6, 0, 4] select Adjust(54, delta),
        .. from delta in (int[])[-51, -50, -10, 0, 3000, 4000] select Adjust(65, delta),

        // Metadata goes with the head.
        """
        r6 = r1
        r2 = -8
        call bpf_xdp_adjust_meta#54
        r2 = *(u32 *)(r6 +8)
        r3 = *(u32 *)(r6 +0)
        r0 = 99
        r4 = r2
        r4 += 8
        if r4 > r3 goto out
        *(u64 *)(r2 +0) = 7
        r1 = r6
        r2 = -20
        call bpf_xdp_adjust_head#44
        r2 = *(u32 *)(r6 +8)
        r3 = *(u32 *)(r6 +0)
        r7 = *(u32 *)(r6 +4)
        r0 = 98
        r4 = r2
        r4 += 8
        if r4 > r3 goto out
        r0 = *(u64 *)(r2 +0)
        r7 -= r3
        r0 += r7
        out:
        exit
        """,
        "call bpf_xdp_get_buff_len#188\nexit",
        "r1 = 5\nr2 = 0\ncall bpf_redirect#23\nexit",
        "r1 = 5\nr2 = 1\ncall bpf_redirect#23\nexit",
        .. from offset in (int[])[0, 56, 57, 70000] select CopyBytes(189, offset),
        .. from offset in (int[])[0, 56, 57, 70000] select CopyBytes(190, offset),
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void They_give_what_the_kernel_gives(string text)
    {
        PacketRun.SkipWithoutKernel();
        PacketResult theirs = PacketRun.InKernel("xdp", text, Packet);
        PacketResult ours = PacketRun.InSkep("xdp", text, Packet);
        Assert.Equal(theirs.Value, ours.Value);

        if (text.Contains("#54", StringComparison.Ordinal))
        {
            // The kernel gives the metadata out with the packet.
            return;
        }

        // What has become longer does not fit where it came from; zeros follow what has become shorter.
        string expected = theirs.Packet.Length >= ours.Packet.Length ? theirs.Packet[..ours.Packet.Length] : theirs.Packet.PadRight(ours.Packet.Length, '0');
        Assert.Equal(expected, ours.Packet);
    }

    [Fact]
    public void A_packet_longer_than_a_frame_stays_in_place_and_has_no_room()
    {
        byte[] packet = [.. Enumerable.Range(0, 9000).Select(i => (byte)i)];
        Assert.Equal(9000u, PacketRun.InSkep("xdp", Ends + "r3 -= r2\nr0 = r3\nexit", packet).Value);
        Assert.Equal(unchecked((uint)-22), PacketRun.InSkep("xdp", Adjust(44, -4), packet).Value);
    }

    [Fact]
    public void There_may_be_no_packet() => Assert.Equal(0u, PacketRun.InSkep("xdp", Ends + "r3 -= r2\nr0 = r3\nexit", []).Value);

    [Fact]
    public void Room_that_is_uncovered_holds_nothing()
    {
        const string Text = """
            r6 = r1
            r2 = -200
            call bpf_xdp_adjust_head#44
            r2 = *(u32 *)(r6 +0)
            r3 = *(u32 *)(r6 +4)
            r0 = 1
            r4 = r2
            r4 += 200
            if r4 > r3 goto out
            r0 = 0
            r5 = 200
            again:
            r4 = *(u8 *)(r2 +0)
            r0 |= r4
            r2 += 1
            r5 += -1
            if r5 != 0 goto again
            out:
            exit
            """;
        Assert.Equal(0u, PacketRun.InSkep("xdp", Text, Packet).Value);
    }

    /// <summary>Moves an end; gives the error, or the length afterwards.</summary>
    private static string Adjust(int helper, int delta) => $"""
        r6 = r1
        r2 = {delta}
        call adjust#{helper}
        if r0 != 0 goto out
        r2 = *(u32 *)(r6 +8)
        r0 = *(u32 *)(r6 +4)
        r0 -= r2
        out:
        exit
        """;

    private static string CopyBytes(int helper, int offset) => $"""
        r6 = r1
        r2 = 5
        *(u64 *)(r10 -8) = r2
        r1 = r6
        r2 = {offset}
        r3 = r10
        r3 += -8
        r4 = 8
        call copy#{helper}
        r1 = *(u64 *)(r10 -8)
        r0 += r1
        exit
        """;
}
