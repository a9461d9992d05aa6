namespace Skep.KernelOracle.Tests;

public sealed class KernelHarnessTests
{
    private const byte Add64 = 0x0f;
    private const byte Subtract32 = 0x1c;
    private const byte Multiply64 = 0x2f;

    public KernelHarnessTests() => Assert.SkipUnless(Kernel.IsAvailable(out string reason), reason);

    [Theory]
    [InlineData(Add64, 0xffff_ffff_ffff_fff0, 0x11, 1)]
    [InlineData(Add64, 0x8000_0000_0000_0000, 0x7fff_ffff_0000_0000, 0xffff_ffff_0000_0000)]
    [InlineData(Multiply64, 0x1_0000_0001, 0x1_0000_0001, 0x2_0000_0001)]
    [InlineData(Subtract32, 0xdead_beef_0000_0000, 1, 0xffff_ffff)]
    public void All_64_bits_of_R0_come_back(byte opcode, ulong left, ulong right, ulong expected)
    {
        ulong[] snippet = [Slots.Mov(0, 1), Slots.Encode(opcode, 0, 2), Slots.Exit];

        KernelSnippetResult result = KernelHarness.RunAlu(snippet, left, right);

        Assert.Equal((Errno.None, expected), (result.Error, result.R0));
    }

    [Fact]
    public void Memory_is_read_and_written()
    {
        byte[] memory = [1, 2, 3, 4, 5, 6, 7, 0x88, 0, 0, 0, 0, 0, 0, 0, 0];
        ulong[] snippet = [Slots.Load64(0, 1, 0), Slots.Store64(1, 8, 2), Slots.Exit];

        KernelSnippetResult result = KernelHarness.RunMemory(snippet, memory);

        Assert.Equal((Errno.None, 0x8807_0605_0403_0201ul), (result.Error, result.R0));
        Assert.Equal([16, 0, 0, 0, 0, 0, 0, 0], memory[8..]);
    }

    [Fact]
    public void Memory_beyond_the_end_is_refused()
    {
        byte[] memory = new byte[15];

        KernelSnippetResult result = KernelHarness.RunMemory([Slots.Load64(0, 1, 8), Slots.Exit], memory);

        Assert.Equal(Errno.EACCES, result.Error);
        Assert.Contains("invalid access to map value", result.Log, StringComparison.Ordinal);
    }
}
