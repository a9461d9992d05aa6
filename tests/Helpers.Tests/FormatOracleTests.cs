using System.Text;
using Skep.Helpers.Formatting;
using Skep.KernelOracle;
using KernelErrno = Skep.KernelOracle.Errno;
using KernelHere = Skep.KernelOracle.Kernel;

namespace Skep.Helpers.Tests;

/// <summary>The same format and arguments printed by the live kernel's bpf_snprintf and here: same verdict, same length, same bytes.</summary>
public sealed unsafe class FormatOracleTests
{
    private const int Snprintf = 165;
    private const uint ReadOnlyForPrograms = 1 << 7;
    private const int ResultOffset = 0;
    private const int TextOffset = 16;
    private const int TextBytes = 700;
    private const int StringsOffset = 1024;
    private const int StringBytes = 640;
    private const int OutBytes = StringsOffset + (12 * StringBytes);

    public FormatOracleTests() => Assert.SkipUnless(KernelHere.IsAvailable(out string reason), reason);

    [Fact]
    public void Numbers_agree()
    {
        string[] flags = ["", "0", "-", "+", " ", "-0", "+0", "0 ", "+-", " -0+"];
        string[] widths = ["", "1", "6", "24"];
        string[] conversions = ["d", "i", "u", "x", "X", "ld", "li", "lu", "lx", "lX", "lld", "llu", "llx", "c", "px"];
        ulong[] values = [0, 42, ulong.MaxValue, 0x8000_0000, 0xfedc_ba98_7654_3210, 1UL << 63];
        foreach (string conversion in conversions)
        {
            // One program prints twelve directives: as many comparisons, fewer loads.
            foreach (string[] few in flags.SelectMany(flag => widths.Select(width => $"%{flag}{width}{conversion}")).Chunk(12))
            {
                Compare(string.Join('|', few), [.. few.Select((_, i) => (object)values[i % values.Length])]);
            }
        }
    }

    [Fact]
    public void Texts_and_addresses_agree()
    {
        Compare("[%s][%8s][%-8s][%08s][%+ s][%2s]", "skep", "skep", "skep", "skep", "skep", "skep");
        Compare("[%pks][%9pks][%-9pks] %s.", "one", "two", "three", "");
        Compare("%pI4 %pi4 %pI6 %pi6 [%40pI4][%-40pi4]", "\u00c0\u00a8\0\u0001", "\u0001\u0002\u0003\u00ff", "0123456789abcdef", "\u00fe\u0080\0\0\0\0\0\0\0\0\0\0\0\0\0\u0001", "abcd", "abcd");
        Compare("%s|%pks|%d", 8UL, 16UL, 1UL);
        Compare("%pI4|%pi6|%d", 8UL, 16UL, 1UL);
        Compare("%pI4swallowed %pI6c %pxyz1 %pk s", "abcd", "0123456789abcdef", 5UL, 1UL);
        Compare("%ps %pS %pB [%12ps][%-12pS][%12pB]", 0x1234UL, 0x1234UL, 0x1234UL, 0x1234UL, 0x1234UL, 0x1234UL);
        Compare("%p %pK %20p %p", 0UL, 0UL, 0UL, unchecked((ulong)-22L));
        Compare("100%% %%d %d%%", 5UL);
        Compare("no arguments");
        Compare("\ttabs\nand\vothers\f\r");
        Compare("%d", 1UL, 2UL);
        Compare(new string('x', 300) + "%500d" + "tail", 5UL);
        Compare("%c%c%s", 0UL, 65UL, "text");
    }

    [Fact]
    public void The_room_for_arguments_agrees()
    {
        string many = new('a', 600);
        Compare("%s", many);
        Compare("%s%s", many, "b");
        Compare("%s%d", many, 1UL);
        Compare("%s%c", many, 1UL);
        Compare("%s%pI4", many, "abcd");
        Compare("%s%d%c%d%s", many[..500], 1UL, 2UL, 3UL, "x");
        foreach (int length in Enumerable.Range(494, 18))
        {
            Compare("%s%d%lx", many[..length], 1UL, 2UL);
            Compare("%s%pI4", many[..length], "abcd");
        }
    }

    [Fact]
    public void Verdicts_agree_on_every_conversion()
    {
        for (char c = '\x01'; c <= '\xff'; c++)
        {
            Compare($"%{c}", c == 'p' ? 0UL : 1UL);
            Compare($"%p{c}", 0UL);
            Compare($"%l{c}", 1UL);
        }

        for (char c = '\x01'; c <= '\xff'; c++)
        {
            Compare($"{c}a%s{c}b", "x");
            Compare($"%px{c}{c}.", 1UL);
            Compare($"%d{c}%c{c}", 1UL, 65UL);
        }

        string[] odd =
        [
            "%", "%5%", "%.3d", "%*d", "%hd", "%lllx", "%5", "%p%", "%px%", "%px%%", "%s%", "%s%%", "%p%d", "%pI", "%pI5", "%pi6%", "%pks%%", "%pksx", "%puss", "%sx", "%s1",
            "%s_", "%p_", "%p1", "%d%", "%d%d", "%-", "%+p", "%0-5c", "caf\u00e9", "%d\a", "%00012d", "%-+ 0d", "%1-d", "%llc", "%lp", "%pBx", "%pB%%", "%ld%", "%%%", "%pIx4",
        ];
        Array.ForEach(odd, format => Compare(format, format.Contains('p', StringComparison.Ordinal) ? 0UL : 1UL));
    }

    private static void Compare(string format, params object[] arguments)
    {
        (long? length, string text) kernel = RunKernel(format, arguments);
        (long? length, string text) own = RunOwn(format, arguments);
        Assert.True(kernel == own, $"'{format}': the kernel {kernel}, here {own}");
    }

    private static (long? Length, string Text) RunOwn(string format, object[] arguments)
    {
        byte* strings = stackalloc byte[arguments.Length * StringBytes];
        ulong[] values = new ulong[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            byte* at = strings + (i * StringBytes);
            new Span<byte>(at, StringBytes).Clear();
            values[i] = arguments[i] is string text ? (ulong)at : (ulong)arguments[i];
            Encoding.Latin1.GetBytes(arguments[i] as string ?? "", new Span<byte>(at, StringBytes));
        }

        byte[] output = new byte[TextBytes];
        long length = KernelFormat.Print(Encoding.Latin1.GetBytes(format + '\0'), values, Environment.ProcessId, output);
        return length == -(long)Contracts.Errno.EINVAL
            ? (null, "")
            : (length < 0 ? length : length + 1, Encoding.Latin1.GetString(output));
    }

    /// <summary>The verifier checks formats already, so an illegal one is a refused program: null.</summary>
    private static (long? Length, string Text) RunKernel(string format, object[] arguments)
    {
        byte[] constant = Encoding.Latin1.GetBytes(format + '\0');
        using KernelMap formats = KernelMap.Create(KernelMapType.Array, 4, constant.Length, 1, ReadOnlyForPrograms);
        using KernelMap output = KernelMap.Create(KernelMapType.Array, 4, OutBytes, 1);
        Assert.Equal(KernelErrno.None, formats.Update(new byte[4], constant));
        Assert.Equal(KernelErrno.None, formats.Freeze());
        byte[] value = new byte[OutBytes];
        for (int i = 0; i < arguments.Length; i++)
        {
            Encoding.Latin1.GetBytes(arguments[i] as string ?? "", value.AsSpan(StringsOffset + (i * StringBytes), StringBytes));
        }

        Assert.Equal(KernelErrno.None, output.Update(new byte[4], value));
        KernelLoadResult loaded = KernelProgram.TryLoad(
            Program(formats.Fd, output.Fd, arguments), KernelProgramType.Syscall, flags: KernelProgramFlags.Sleepable);
        if (!loaded.IsAccepted)
        {
            Assert.Contains("Invalid format string", loaded.Log, StringComparison.Ordinal);
            return (null, "");
        }

        using KernelProgram program = loaded.Program;
        Assert.Equal(KernelErrno.None, program.TestRun().Error);
        Assert.Equal(KernelErrno.None, output.Lookup(new byte[4], value));
        long length = BitConverter.ToInt64(value, ResultOffset);
        return (length, Encoding.Latin1.GetString(value, TextOffset, TextBytes));
    }

    private static ulong[] Program(int formats, int output, object[] arguments)
    {
        var code = new List<ulong>();
        int room = -8 * Math.Max(arguments.Length, 1);
        for (int i = 0; i < arguments.Length; i++)
        {
            code.AddRange(arguments[i] is ulong number ? KernelCode.LoadNumber(1, number) : KernelCode.LoadMapValue(1, output, StringsOffset + (i * StringBytes)));
            code.Add(KernelCode.Store(10, room + (8 * i), 1));
        }

        code.AddRange(KernelCode.LoadMapValue(1, output, TextOffset));
        code.Add(KernelCode.Mov(2, TextBytes));
        code.AddRange(KernelCode.LoadMapValue(3, formats));
        code.AddRange(arguments.Length == 0 ? [KernelCode.Mov(4, 0)] : KernelCode.StackAddress(4, room));
        code.Add(KernelCode.Mov(5, 8 * arguments.Length));
        code.Add(KernelCode.Call(Snprintf));
        code.AddRange(KernelCode.LoadMapValue(1, output, ResultOffset));
        code.AddRange([KernelCode.Store(1, 0, 0), KernelCode.Mov(0, 0), KernelCode.Exit]);
        return [.. code];
    }
}
