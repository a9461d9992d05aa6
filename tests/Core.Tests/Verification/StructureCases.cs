namespace Skep.Core.Tests.Verification;

/// <summary>
/// Programs with what the verifier must say of them: rule and slot. All of them are of type socket_filter under the GPL, so
/// that the kernel can be asked too. <c>invalid 0x…</c> is a raw slot, most significant byte first: immediate (8 digits),
/// offset (4), source, destination, opcode (2).
/// </summary>
internal static class StructureCases
{
    /// <summary>Refused by both.</summary>
    internal static readonly (string Text, string Expected)[] Refused =
    [
        // Opcodes, registers and reserved fields
        ("invalid 0x00000000000000ff\nr0 = 0\nexit", "SKEP3005@0"),
        ("r0 = 0\ninvalid 0x0000000000000000\nexit", "SKEP3005@1"),
        ("r0 = 0\ninvalid 0x0000000000000010\nexit", "SKEP3005@1"),
        ("r0 = 0\ninvalid 0x00000000000000e7\nexit", "SKEP3005@1"),
        ("invalid 0x0000000000000bb7\nr0 = 0\nexit", "SKEP3006@0"),
        ("invalid 0x000000000000b0bf\nr0 = 0\nexit", "SKEP3006@0"),
        ("invalid 0x0000000000000fb7\nr0 = 0\nexit", "SKEP3006@0"),
        ("invalid 0x00000001000010b7\nexit", "SKEP3007@0"),
        ("invalid 0x00000001000100b7\nexit", "SKEP3007@0"),
        ("r0 = 0\ninvalid 0x00000001000010bf\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x00000000000410bf\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x0000000000001087\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x0000000100000087\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x00000011000000dc\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x00000010000000df\nexit", "SKEP3005@1"),
        ("r0 = 0\ninvalid 0x0000000000000195\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x0000000100000095", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x0000000100000005\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x0000000000001015\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x000000010000001d\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x0000000700010085\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x0000000700003085\nexit", "SKEP3007@1"),
        ("r0 = 0\ninvalid 0x0000000000021037\nexit", "SKEP3007@1"),
        ("r1 = 0\ninvalid 0x00000001fff81a7b\nr0 = 0\nexit", "SKEP3007@1"),
        ("r1 = 0\ninvalid 0x00000002fff81adb\nr0 = 0\nexit", "SKEP3007@1"),
        ("r1 = 0\ninvalid 0x00000000fff81ad3\nr0 = 0\nexit", "SKEP3007@1"),
        ("invalid 0x00000000fff81a7a\nr0 = 0\nexit", "SKEP3007@0"),

        // 64-bit immediates
        ("r0 = 0\ninvalid 0x0000000000000018", "SKEP3008@1"),
        ("invalid 0x0000000000000018\nexit", "SKEP3008@0"),
        ("invalid 0x0000000000000018\ninvalid 0x0000000000000100\nexit", "SKEP3008@0"),
        ("invalid 0x0000000000000018\ninvalid 0x0000000000010000\nexit", "SKEP3008@0"),
        ("invalid 0x0000000000007018\ninvalid 0x0000000000000000\nexit", "SKEP3007@0"),
        ("invalid 0x0000000000010018\ninvalid 0x0000000000000000\nexit", "SKEP3007@0"),

        // Jumps
        ("r0 = 0\ngoto pc+1\nexit", "SKEP3009@1"),
        ("r0 = 0\ngoto pc-3\nexit", "SKEP3009@1"),
        ("r0 = 0\nif r0 == 0x0 goto pc+1\nexit", "SKEP3009@1"),
        ("r0 = 0\nif r0 == 0x0 goto pc-3\nexit", "SKEP3009@1"),
        ("r0 = 0\nif w0 == 0x0 goto pc+32767\nexit", "SKEP3009@1"),
        ("r0 = 0\ngotol pc+70000\nexit", "SKEP3009@1"),
        ("r0 = 0\ngotol pc-70000\nexit", "SKEP3009@1"),
        ("r0 = 0\nmay_goto pc+5\nexit", "SKEP3009@1"),
        ("r0 = 0\nif r0 == 0x0 goto pc+1\nr0 = 0x5\nexit", "SKEP3011@1"),
        ("r0 = 0x5\nif r0 == 0x0 goto pc-2\nexit", "SKEP3011@2"),
        ("r0 = 0\ngoto pc+1\nr0 = 0x5\nexit", "SKEP3011@1"),
        ("call pc+2\nif r0 == 0x0 goto pc+1\nexit\nr0 = 0\nexit", "SKEP3010@1"),
        ("call pc+1\nexit\nr0 = 0\nif r0 == 0x0 goto pc-3\nexit", "SKEP3010@3"),
        ("call pc+1\nexit\nr0 = 0\ngoto pc-3", "SKEP3010@3"),

        // Ends
        ("r0 = 0", "SKEP3012@0"),
        ("r0 = 0\nif r0 == 0x0 goto pc-2", "SKEP3012@1"),
        ("r0 = 0\nexit\nr0 = 0", "SKEP3012@2 SKEP3013@2"),
        ("r0 = 0x5", "SKEP3012@0"),
        ("call unknown#7", "SKEP3012@0"),
        ("call pc+1\nr0 = 0\nr0 = 0\nexit", "SKEP3012@1"),
        ("call pc+1\nexit\nr0 = 0", "SKEP3012@2"),
        ("r0 = 0\nmay_goto pc-1", "SKEP3012@1"),

        // Reachability
        ("r0 = 0\nexit\nexit", "SKEP3013@2"),
        ("r0 = 0\ngoto pc+1\nr0 = 1\nexit", "SKEP3013@2"),
        ("r0 = 0\ngoto pc+2\nr0 = 1\ngoto pc-2\nexit", "SKEP3013@2"),
        ("r0 = 0\nexit\ncall pc+0\nr0 = 0\nexit", "SKEP3012@2 SKEP3013@2"),
        ("r0 = 0\nexit\ncall pc+1\nexit\nr0 = 1\nexit", "SKEP3013@2"),

        // The frame pointer
        ("r10 = 1\nr0 = 0\nexit", "SKEP3014@0"),
        ("r10 = r1\nr0 = 0\nexit", "SKEP3014@0"),
        ("r10 += 8\nr0 = 0\nexit", "SKEP3014@0"),
        ("w10 = 8\nr0 = 0\nexit", "SKEP3014@0"),
        ("r10 = -r10\nr0 = 0\nexit", "SKEP3014@0"),
        ("r10 = be16 r10\nr0 = 0\nexit", "SKEP3014@0"),
        ("r10 = 0x5\nr0 = 0\nexit", "SKEP3014@0"),
        ("r10 = *(u32 *)(r1 +0)\nr0 = 0\nexit", "SKEP3014@0"),
        ("*(u64 *)(r10 -8) = 0\nr10 = atomic64_fetch_add((u64 *)(r10 -8), r10)\nr0 = 0\nexit", "SKEP3014@1"),

        // Helpers
        ("call unknown#0\nexit", "SKEP3015@0"),
        ("call unknown#99999\nexit", "SKEP3015@0"),
        ("call unknown#-1\nexit", "SKEP3015@0"),
        ("r2 = 0\nr3 = 0\nr4 = 0\ncall unknown#50\nr0 = 0\nexit", "SKEP3016@3"),
        ("r0 = 7\ncallx r0\nexit", "SKEP3026@1"),
        ("call kernel-function#5\nexit", "SKEP3025@0"),

        // Local calls
        ("call pc+1\nexit", "SKEP3018@0"),
        ("call pc-2\nexit", "SKEP3018@0"),
        ("call pc+1\nexit\nr0 = 0x5\nexit\ncall pc-3\nexit", "SKEP3013@5 SKEP3018@5"),
        ("call pc-1\nexit", "SKEP3019@0"),
        ("call pc+1\nexit\ncall pc-1\nexit", "SKEP3019@2"),
        ("call pc+1\nexit\ncall pc+1\nexit\ncall pc-3\nexit", "SKEP3019@4"),

        // The stack
        ("*(u8 *)(r10 +0) = 1\nr0 = 0\nexit", "SKEP3021@0"),
        ("*(u16 *)(r10 -1) = 1\nr0 = 0\nexit", "SKEP3021@0"),
        ("*(u8 *)(r10 -513) = 1\nr0 = 0\nexit", "SKEP3021@0"),
        ("*(u64 *)(r10 -520) = 1\nr0 = 0\nexit", "SKEP3021@0"),
        ("r0 = *(u64 *)(r10 +8)\nexit", "SKEP3021@0"),
        ("*(u64 *)(r10 -32768) = 1\nr0 = 0\nexit", "SKEP3021@0"),
        ("r1 = 1\nlock *(u64 *)(r10 +0) += r1\nr0 = 0\nexit", "SKEP3021@1"),

        // References
        ("r1 = map[id:1000]\nr0 = 0\nexit", "SKEP3023@0"),
        ("r1 = map[id:1000][0]+4\nr0 = 0\nexit", "SKEP3023@0"),
        ("r1 = map[idx:3]\nr0 = 0\nexit", "SKEP3023@0"),
        ("r1 = map[idx:3]+8\nr0 = 0\nexit", "SKEP3023@0"),
        ("r1 = btf[id:0][obj:7]\nr0 = 0\nexit", "SKEP3024@0"),

        // Packet loads
        ("r6 = r1\ncall pc+1\nexit\nr0 = *(u8 *)skb[0]\nexit", "SKEP3027@3"),

        // Constants
        ("r0 = 1\nr0 /= 0\nexit", "SKEP3028@1"),
        ("r0 = 1\nr0 %= 0\nexit", "SKEP3028@1"),
        ("r0 = 1\nr0 s/= 0\nexit", "SKEP3028@1"),
        ("w0 = 1\nw0 s%= 0\nexit", "SKEP3028@1"),
        ("r0 = 1\nr0 <<= 64\nexit", "SKEP3029@1"),
        ("r0 = 1\nr0 >>= -1\nexit", "SKEP3029@1"),
        ("w0 = 1\nw0 <<= 32\nexit", "SKEP3029@1"),
        ("w0 = 1\nw0 s>>= 32\nexit", "SKEP3029@1"),
    ];

    /// <summary>Accepted by both, mostly one step inside a limit.</summary>
    internal static readonly string[] Accepted =
    [
        "r0 = 0\nexit",
        "r0 = 0\nif r0 == 0x0 goto pc+0\nexit",
        "r0 = 0\ngotol pc+0\nexit",
        "goto pc+1\nexit\nr0 = 0\ngoto pc-3",
        "r0 = 0\nif r1 != 0x0 goto pc+2\nr0 = 0x123456789abcdef0\nexit",
        "*(u8 *)(r10 -1) = 1\nr0 = 0\nexit",
        "*(u64 *)(r10 -512) = 1\nr0 = 0\nexit",
        "r0 = 1\nr0 <<= 63\nw0 s>>= 31\nr0 /= 1\nexit",
        "call pc+1\nexit\nr0 = 0\nexit",
        "r6 = r1\nr0 = *(u8 *)skb[0]\nr0 = *(u16 *)skb[r0 + 2]\nexit",
        "call unknown#5\nexit",
        "r6 = 3\nr6 -= 1\nif r6 != 0x0 goto pc-2\nr0 = 0\nexit",
        "r0 = 0\nmay_goto pc+1\ngoto pc-2\nexit",
        "*(u64 *)(r10 -8) = 0\nr1 = 1\nr1 = atomic64_fetch_add((u64 *)(r10 -8), r1)\nr0 = load_acquire((u64 *)(r10 -8))\nexit",
    ];

    /// <summary>A chain of functions, main included, each with that much stack.</summary>
    internal static string Chain(int functions, int stackBytes)
    {
        string body = stackBytes == 0 ? "" : $"*(u8 *)(r10 -{stackBytes}) = 1\n";
        return string.Concat(Enumerable.Repeat(body + "call pc+1\nexit\n", functions - 1)) + body + "r0 = 0\nexit";
    }

    /// <summary>One function that calls many others.</summary>
    internal static string Fan(int functions) => string.Concat(Enumerable.Range(0, functions - 1).Select(i => $"call pc+{functions + i}\n"))
        + "r0 = 0\nexit\n" + string.Concat(Enumerable.Repeat("r0 = 0\nexit\n", functions - 1));
}
