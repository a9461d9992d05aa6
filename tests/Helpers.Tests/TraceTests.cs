using Skep.Contracts;
using Skep.Helpers.Machine;
using static Skep.Helpers.Tests.HelperCall;

namespace Skep.Helpers.Tests;

public unsafe class TraceTests
{
    private static readonly ulong Invalid = Errno.EINVAL.ToProgram();

    private readonly FakeTime _time = new() { Nanoseconds = 5_000_000_000 };
    private readonly FakeMachine _machine = new();
    private readonly TraceLines _lines = new();
    private readonly TraceHelpers _set;

    public TraceTests() => _set = new TraceHelpers(_time, _lines, _machine);

    [Fact]
    public void A_line_says_who_when_and_where()
    {
        _machine.Tasks[201] = new TaskInfo(Ascii("curl"), 0, 0);
        EventOrigin origin = new() { IsKnown = true, ProcessId = 200, ThreadId = 201, Cpu = 7, TimestampNanoseconds = 1_234_567_800 };

        Assert.Equal(9ul, Print("hi %d %x\n", origin, 42, 0xff));

        Assert.Equal(new TraceRecord(TimeSpan.FromTicks(12_345_678), 7, 200, "curl", "prog", "hi 42 ff"), Assert.Single(_lines.Records));
    }

    [Fact]
    public void Without_a_known_event_it_is_now_and_the_running_thread()
    {
        Assert.Equal(2ul, Print("hi", default));
        Assert.Equal(new TraceRecord(TimeSpan.FromSeconds(5), 3, 100, "", "prog", "hi"), Assert.Single(_lines.Records));
    }

    [Theory]
    [InlineData("%d %d %d", "1 2 3")]
    [InlineData("a\nb\n\n", "a\nb\n")]
    [InlineData("\n", "")]
    [InlineData("", "")]
    public void One_line_end_is_taken_off(string format, string expected)
    {
        Assert.NotEqual(Invalid, Print(format, default, 1, 2, 3));
        Assert.Equal(expected, Assert.Single(_lines.Records).Text);
    }

    [Theory]
    [InlineData("%d %d %d %d")]
    [InlineData("%o")]
    public void An_illegal_format_prints_nothing(string format)
    {
        Assert.Equal(Invalid, Print(format, default, 1, 2, 3));
        Assert.Empty(_lines.Records);
    }

    [Fact]
    public void The_format_must_end_inside_its_size()
    {
        fixed (byte* format = "abc\0"u8)
        {
            Assert.Equal(Invalid, _set.Call("bpf_trace_printk", default, Address(format), 3));
            Assert.Equal(3ul, _set.Call("bpf_trace_printk", default, Address(format), 4));
        }
    }

    [Fact]
    public void A_line_is_cut_at_1023_bytes_and_at_a_NUL()
    {
        Assert.Equal(1500ul, Print("%1500d", default, 1));
        Assert.Equal(1023, _lines.Records[0].Text.Length);
        Assert.Equal(3ul, Print("a%cb", default, 0));
        Assert.Equal("a", _lines.Records[1].Text);
    }

    [Fact]
    public void A_pointer_to_nothing_prints_nothing()
    {
        Assert.Equal(4ul, Print("[%s]%c%c", default, 8, 'o', 'k'));
        Assert.Equal("[]ok", Assert.Single(_lines.Records).Text);
    }

    [Theory]
    [InlineData(0, "none", true)]
    [InlineData(8, "%d", true)]
    [InlineData(96, "%d %d %d %d %d %d %d %d %d %d %d %d", true)]
    [InlineData(8, "%d %d", false)]
    [InlineData(4, "%d", false)]
    [InlineData(104, "%d", false)]
    public void An_array_of_values_is_printed(int bytes, string format, bool isLegal)
    {
        ulong* data = stackalloc ulong[16];
        fixed (byte* text = Ascii(format + '\0'))
        {
            ulong result = _set.Call("bpf_trace_vprintk", default, Address(text), (ulong)format.Length + 1, Address(data), (ulong)bytes);
            Assert.Equal(isLegal, result != Invalid);
            Assert.Equal(isLegal ? [format.Replace("%d", "0", StringComparison.Ordinal)] : [], _lines.Records.Select(record => record.Text));
        }
    }

    [Fact]
    public void A_null_array_is_empty()
    {
        fixed (byte* text = "x\0"u8)
        {
            Assert.Equal(1ul, _set.Call("bpf_trace_vprintk", default, Address(text), 2, 0, 0));
            Assert.Equal(Invalid, _set.Call("bpf_trace_vprintk", default, Address(text), 2, 0, 8));
        }
    }

    private ulong Print(string format, EventOrigin origin, params ulong[] values)
    {
        fixed (byte* text = Ascii(format + '\0'))
        {
            return _set.Call("bpf_trace_printk", origin, [Address(text), (ulong)format.Length + 1, .. values]);
        }
    }
}

public unsafe class StringTests
{
    private readonly StringHelpers _set = new();

    [Fact]
    public void Snprintf_gives_the_whole_length_with_NUL()
    {
        byte* output = stackalloc byte[8];
        ulong* values = stackalloc ulong[] { 12345, 6 };
        fixed (byte* format = "%d-%d\0"u8)
        {
            Assert.Equal(8ul, _set.Call("bpf_snprintf", default, Address(output), 8, Address(format), Address(values), 16));
            Assert.Equal("12345-6\0"u8, new Span<byte>(output, 8));
            Assert.Equal(8ul, _set.Call("bpf_snprintf", default, Address(output), 4, Address(format), Address(values), 16));
            Assert.Equal("123\05-6\0"u8, new Span<byte>(output, 8));
            Assert.Equal(8ul, _set.Call("bpf_snprintf", default, 0, 0, Address(format), Address(values), 16));
            Assert.Equal(Errno.EINVAL.ToProgram(), _set.Call("bpf_snprintf", default, Address(output), 8, Address(format), Address(values), 8));
            Assert.Equal(Errno.EINVAL.ToProgram(), _set.Call("bpf_snprintf", default, Address(output), 8, Address(format), Address(values), 12));
        }
    }

    [Theory]
    [InlineData("abc\0", "abc\0", 0)]
    [InlineData("abcX", "abc\0", 1)]
    [InlineData("ab", "abc\0", 0)]
    [InlineData("abb\0", "abc\0", -1)]
    [InlineData("a\0zz", "a\0", 0)]
    [InlineData("\u00ff", "a\0", 1)]
    public void Strncmp_compares_bytes_up_to_NUL_or_size(string left, string right, long expected)
    {
        fixed (byte* one = System.Text.Encoding.Latin1.GetBytes(left), other = System.Text.Encoding.Latin1.GetBytes(right))
        {
            Assert.Equal(expected, (long)_set.Call("bpf_strncmp", default, Address(one), (ulong)left.Length, Address(other)));
        }
    }
}
