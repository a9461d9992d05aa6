using System.Text;
using Skep.KernelOracle;
using static Skep.Helpers.Tests.KernelCode;

namespace Skep.Helpers.Tests;

/// <summary>Numbers out of text, as the running kernel reads them.</summary>
public sealed class NumberTextTests
{
    private const int ResultBytes = 8;

    public static TheoryData<string> Texts =>
    [
        "0", "1", "42 ", "  \t\n7x", "-5", "- 5", "+5", "", " ", "-", "0x", "0x1f", "0X1Fg", "0xg", "010", "08", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "0xffffffffffffffff", "-0x10", "1\0002", "\u00a05",
        "00000000000000000000000000000000000000000000000000000000000000000001", "99999999999999999999", "abc", "a", "-0",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public unsafe void Text_gives_what_the_kernel_gives(string text)
    {
        Assert.SkipUnless(KernelOracle.Kernel.IsAvailable(out string reason), reason);
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length == 0)
        {
            bytes = [0];
        }

        var set = new NumberTextHelpers();
        foreach ((int helper, string name) in ((int, string)[])[(105, "bpf_strtol"), (106, "bpf_strtoul")])
        {
            foreach (int flags in (int[])[0, 8, 10, 16, 2, 31, 32])
            {
                byte[] memory = [.. new byte[ResultBytes], .. bytes];
                KernelSnippetResult theirs = KernelHarness.RunMemory(Snippet(helper, bytes.Length, flags), memory);
                Assert.True(theirs.Error == KernelOracle.Errno.None, theirs.Log);
                long result = -1;
                fixed (byte* address = bytes)
                {
                    ulong ours = set.Call(name, default, HelperCall.Address(address), (ulong)bytes.Length, (ulong)flags, HelperCall.Address(&result));
                    Assert.Equal((theirs.R0, BitConverter.ToInt64(memory)), (ours, result));
                }
            }
        }
    }

    private static ulong[] Snippet(int helper, int length, int flags) =>
    [
        Copy(6, 1), Add(1, ResultBytes), Mov(2, length), Mov(3, flags), Mov(0, 0), Store(10, -8, 0), .. StackAddress(4, -8), Call(helper),
        0x79 | (1ul << 8) | (10ul << 12) | (unchecked((ulong)(ushort)-8) << 16), Store(6, 0, 1), Exit,
    ];
}
