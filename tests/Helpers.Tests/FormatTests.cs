using System.Text;
using Skep.Contracts;
using Skep.Helpers.Formatting;

namespace Skep.Helpers.Tests;

/// <summary>The rules of the kernel's formats, stated; <see cref="FormatOracleTests"/> compares them with the kernel.</summary>
public unsafe class FormatTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("caf\u00e9", "caf\u00e9")]
    [InlineData("100%%", "100%")]
    [InlineData("%%%%%d", "%%7", 7)]
    [InlineData("%d %i", "-1 -2", -1, -2)]
    [InlineData("%u", "4294967295", -1)]
    [InlineData("%x %X", "beef BEEF", 0xbeef, 0xbeef)]
    [InlineData("%d", "1", 0x1_0000_0001)]
    [InlineData("%ld %lld", "-1 4294967297", -1, 0x1_0000_0001)]
    [InlineData("%lu %llx", "18446744073709551615 ffffffffffffffff", -1, -1)]
    [InlineData("%ld", "-9223372036854775808", long.MinValue)]
    [InlineData("[%5d][%-5d][%05d]", "[   42][42   ][00042]", 42, 42, 42)]
    [InlineData("[%+d][% d][%+ d]", "[+1][ 1][+1]", 1, 1, 1)]
    [InlineData("[%+06d][%-06d][%6x]", "[-00042][-42   ][ffffff]", -42, -42, 0xffffff)]
    [InlineData("[%+x][% u]", "[1][1]", 1, 1)]
    [InlineData("%c%c", "ok", 'o', 'k')]
    [InlineData("[%3c][%-3c]", "[  x][x  ]", 'x', 'x')]
    [InlineData("%px", "00000000deadbeef", 0xdeadbeef)]
    [InlineData("[%20px][%-12px][%012px]", "[            deadbeef][deadbeef    ][0000deadbeef]", 0xdeadbeef, 0xdeadbeef, 0xdeadbeef)]
    [InlineData("%ps %pS %pB", "0x1234 0x1234 0x1234", 0x1234, 0x1234, 0x1234)]
    [InlineData("%p %pK", "0000000000000000 0000000000000000", 0, 0)]
    [InlineData("%p", "ffffffffffffffea", -22)]
    [InlineData("%pxtail %d", "0000000000000001 2", 1, 2)]
    public void Values_print_as_in_the_kernel(string format, string expected, params object[] values)
        => Assert.Equal(expected, Print(format, [.. values.Select(value => (ulong)Convert.ToInt64(value, null))]));

    [Theory]
    [InlineData("%")]
    [InlineData("%5%")]
    [InlineData("%o")]
    [InlineData("%#x")]
    [InlineData("%.3d")]
    [InlineData("%*d")]
    [InlineData("%hd")]
    [InlineData("%lc")]
    [InlineData("%ls")]
    [InlineData("%lllx")]
    [InlineData("%f")]
    [InlineData("%n")]
    [InlineData("%pe")]
    [InlineData("%pI5")]
    [InlineData("%pi")]
    [InlineData("%pk")]
    [InlineData("%px%")]
    [InlineData("%sx")]
    [InlineData("%pksx")]
    [InlineData("%d %d %d %d")]
    [InlineData("bell \a")]
    public void What_the_kernel_refuses_is_refused(string format) => Assert.Equal(-(long)Errno.EINVAL, Length(format, 1, 2, 3));

    [Fact]
    public void A_format_needs_its_NUL()
        => Assert.Equal(-(long)Errno.EINVAL, KernelFormat.Print("no end"u8, [], Environment.ProcessId, new byte[8]));

    [Fact]
    public void What_follows_the_NUL_is_not_looked_at()
        => Assert.Equal(2, KernelFormat.Print("ok\0%q\a"u8, [], Environment.ProcessId, new byte[8]));

    [Fact]
    public void Strings_are_read_where_they_are_and_nothing_where_there_is_nothing()
    {
        fixed (byte* text = "skep\0"u8)
        {
            ulong good = (ulong)text;
            Assert.Equal("[skep][  skep][skep  ][][]", Print("[%s][%6s][%-6s][%s][%s]", good, good, good, 8, 0xffff_8000_0000_0000));
            Assert.Equal("skep skep.", Print("%pks %6pus.", good, good));
        }
    }

    [Fact]
    public void Addresses_print_from_memory()
    {
        fixed (byte* address = (byte[])[192, 168, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xee, 0, 9])
        {
            ulong at = (ulong)address;
            Assert.Equal("192.168.0.1 192.168.000.001 0.0.0.0", Print("%pI4 %pi4 %pI4", at, at, 8));
            Assert.Equal("c0a8:0001:0000:0000:0000:0000:ffee:0009 c0a800010000000000000000ffee0009", Print("%pI6 %pi6c", at, at));
        }
    }

    [Fact]
    public void A_hashed_pointer_is_stable_and_does_not_tell_the_address()
    {
        string one = Print("%p", 0x7fff_1234_5678);
        Assert.Equal(one, Print("%pK", 0x7fff_1234_5678));
        Assert.Matches("^00000000[0-9a-f]{8}$", one);
        Assert.NotEqual(one, Print("%p", 0x7fff_1234_5680));
    }

    [Fact]
    public void Arguments_take_512_bytes_at_most()
    {
        byte[] longText = [.. Enumerable.Repeat((byte)'a', 600), 0];
        fixed (byte* text = longText)
        {
            ulong at = (ulong)text;
            Assert.Equal(511, Length("%s", at));
            Assert.Equal(-(long)Errno.ENOSPC, Length("%s%s", at, at));
            Assert.Equal(-(long)Errno.ENOSPC, Length("%s%d", at, 1));
            Assert.Equal(-(long)Errno.ENOSPC, Length("%s%c", at, 1));
            Assert.Equal(-(long)Errno.ENOSPC, Length("%s%pI4", at, at));
        }
    }

    [Fact]
    public void What_does_not_fit_is_counted()
    {
        byte[] output = [9, 9, 9, 9, 9];
        Assert.Equal(10, KernelFormat.Print("%010d\0"u8, [5], Environment.ProcessId, output.AsSpan(0, 4)));
        Assert.Equal([(byte)'0', (byte)'0', (byte)'0', 0, 9], output);
        Assert.Equal(8_388_607, KernelFormat.Print("%99999999999d\0"u8, [5], Environment.ProcessId, output));
        Assert.Equal(3, KernelFormat.Print("abc\0"u8, [], Environment.ProcessId, []));
    }

    [Fact]
    public void Nothing_is_written_when_the_format_is_refused()
    {
        byte[] output = [9, 9, 9];
        Assert.Equal(-(long)Errno.EINVAL, KernelFormat.Print("ab%q\0"u8, [1], Environment.ProcessId, output));
        Assert.Equal([9, 9, 9], output);
    }

    private static string Print(string format, params ulong[] values)
    {
        byte[] output = new byte[1024];
        long length = KernelFormat.Print(Encoding.Latin1.GetBytes(format + '\0'), values, Environment.ProcessId, output);
        Assert.InRange(length, 0, 1023);
        Assert.Equal(0, output[length]);
        return Encoding.Latin1.GetString(output, 0, (int)length);
    }

    private static long Length(string format, params ulong[] values)
        => KernelFormat.Print(Encoding.Latin1.GetBytes(format + '\0'), values, Environment.ProcessId, new byte[1024]);
}
