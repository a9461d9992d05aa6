namespace Skep.ProgramTypes.Tests;

/// <summary>Programs on <c>__sk_buff</c> do with a packet what they do in the kernel.</summary>
public sealed class SkbTests
{
    // UDP over IPv4, 4 bytes of payload, made by hand; the checksums need not be right to be corrected.
    private static readonly byte[] Packet =
    [
        0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x08, 0x00,
        0x45, 0, 0, 32, 0x12, 0x34, 0, 0, 64, 17, 0xab, 0xcd, 10, 0, 0, 1, 10, 0, 0, 2,
        0x12, 0x34, 0x00, 0x35, 0, 12, 0x77, 0x88, 1, 2, 3, 4,
    ];

    public static TheoryData<string> Programs =>
    [
        "r0 = *(u32 *)(r1 +0)\nexit",
        "r0 = *(u32 *)(r1 +16)\nexit",
        "r0 = *(u8 *)(r1 +17)\nexit",
        "r2 = 77\n*(u32 *)(r1 +52) = r2\nr0 = *(u32 *)(r1 +52)\nexit",
        "r2 = 78\n*(u32 *)(r1 +8) = r2\nr0 = *(u16 *)(r1 +8)\nexit",
        "r2 = *(u32 *)(r1 +76)\nr3 = *(u32 *)(r1 +80)\nr0 = r3\nr0 -= r2\nexit",
        "r2 = *(u32 *)(r1 +76)\nr3 = *(u32 *)(r1 +140)\nr2 -= r3\nr0 = r2\nexit",
        .. from offset in (int[])[0, 12, 38, 40, 66000] select Load(offset),
        .. from start in (int[])[0, 1, 2] from offset in (int[])[0, 24, 25] select LoadRelative(offset, start),
        .. from flags in (int[])[0, 1, 2, 3, 4] select Store(14, flags),
        .. from offset in (int[])[38, 39, 70000] select Store(offset, 0),
        .. from length in (int[])[0, 20, 46, 47] select $"r2 = {length}\ncall pull#39\nexit",
        .. from replace in (int[])[10, 11] from flags in (int[])[0, 1, 2, 4, 16, 18, 20, 32, 34, 48, 96, 98, 256] select Replace(replace, 24, 0x1234, 0x4321, flags),
        .. from offset in (int[])[24, 25, 44, 45, 70000] select Replace(10, offset, 0xffff, 0, 2),
        .. from values in ((int, int)[])[(0, 0), (0, 0xffff), (0x7fffffff, 1), (-1, 0)] from replace in (int[])[10, 11] select Replace(replace, 40, values.Item1, values.Item2, 4),
        Replace(10, 24, 0, 0x00ff1234, 0),
        Replace(11, 40, 0, -5, 0x20),
        "r1 = 3\nr2 = 0\ncall redirect#23\nexit",
        "r1 = 3\nr2 = 1\ncall redirect#23\nexit",
        "r1 = 3\nr2 = 2\ncall redirect#23\nexit",
        .. from sizes in ((int, int)[])[(0, 8), (8, 0), (8, 8), (4, 8), (0, 0), (16, 4)] from seed in (int[])[0, 1, 0x1234567, -1] select Difference(sizes.Item1, sizes.Item2, seed),
        "r6 = r1\nr0 = *(u16 *)skb[12]\nexit",
        "r6 = r1\nr0 = *(u32 *)skb[100]\nexit",
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Traffic_control_gives_what_the_kernel_gives(string text)
    {
        PacketRun.SkipWithoutKernel();
        Assert.Equal(PacketRun.InKernel("sched_cls", text, Packet), PacketRun.InSkep("sched_cls", text, Packet));
    }

    public static TheoryData<string> Filters =>
    [
        "r0 = *(u32 *)(r1 +16)\nexit",
        "r2 = 77\n*(u32 *)(r1 +48) = r2\nr0 = *(u32 *)(r1 +48)\nexit",
    ];

    [Theory]
    [MemberData(nameof(Filters))]
    public void Socket_filters_give_what_the_kernel_gives(string text)
    {
        PacketRun.SkipWithoutKernel();
        Assert.Equal(PacketRun.InKernel("socket_filter", text, Packet).Value, PacketRun.InSkep("socket_filter", text, Packet).Value);
    }

    [Fact]
    public void Control_groups_see_the_network_header_first()
    {
        PacketRun.SkipWithoutKernel();
        const string Text = """
            r2 = *(u32 *)(r1 +76)
            r3 = *(u32 *)(r1 +80)
            r0 = 0
            r4 = r2
            r4 += 20
            if r4 > r3 goto out
            r4 = *(u8 *)(r2 +9)
            if r4 != 17 goto out
            r4 = *(u32 *)(r1 +16)
            if r4 != 8 goto out
            r0 = 1
            out:
            exit
            """;
        Assert.Equal(1u, PacketRun.InKernel("cgroup_skb", Text, Packet).Value);
        Assert.Equal(1u, PacketRun.InSkep("cgroup_skb", Text, Packet[14..]).Value);
        Assert.Equal(0u, PacketRun.InSkep("cgroup_skb", Text, Packet).Value);
    }

    [Fact]
    public void Flows_have_a_hash_of_their_own()
    {
        const string Text = "call hash#34\nexit";
        byte[] other = [.. Packet];
        other[35] ^= 1;
        byte[] payload = [.. Packet];
        payload[^1] ^= 1;
        uint hash = PacketRun.InSkep("sched_cls", Text, Packet).Value;
        Assert.NotEqual(0u, hash);
        Assert.Equal(hash, PacketRun.InSkep("sched_cls", Text, payload).Value);
        Assert.NotEqual(hash, PacketRun.InSkep("sched_cls", Text, other).Value);
        Assert.NotEqual(0u, PacketRun.InSkep("sched_cls", Text, []).Value);
    }

    private static string Load(int offset) => $"""
        r2 = {offset}
        r3 = r10
        r3 += -8
        r4 = 8
        call load#26
        r1 = *(u64 *)(r10 -8)
        r0 += r1
        exit
        """;

    private static string LoadRelative(int offset, int start) => $"""
        r2 = {offset}
        r3 = r10
        r3 += -8
        r4 = 8
        r5 = {start}
        call load#68
        r1 = *(u64 *)(r10 -8)
        r0 += r1
        exit
        """;

    private static string Store(int offset, int flags) => $"""
        r2 = 0x11223344
        *(u64 *)(r10 -8) = r2
        r2 = {offset}
        r3 = r10
        r3 += -8
        r4 = 8
        r5 = {flags}
        call store#9
        exit
        """;

    private static string Replace(int helper, int offset, int from, int to, int flags) => $"""
        r2 = {offset}
        r3 = {from}
        r4 = {to}
        r5 = {flags}
        call replace#{helper}
        exit
        """;

    private static string Difference(int from, int to, int seed) => $"""
        r1 = 0x1234abcd
        *(u64 *)(r10 -8) = r1
        *(u64 *)(r10 -16) = r1
        r1 = 0x7fffffff
        *(u64 *)(r10 -24) = r1
        r1 = r10
        r1 += -16
        r2 = {from}
        r3 = r10
        r3 += -24
        r4 = {to}
        r5 = {seed}
        call difference#28
        exit
        """;
}
