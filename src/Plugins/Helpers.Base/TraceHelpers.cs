using System.Text;
using Skep.Contracts;
using Skep.Helpers.Formatting;
using Skep.Helpers.Machine;

namespace Skep.Helpers;

/// <summary>
/// Prints lines to the host's <see cref="ITraceOutput"/>; prototypes as in kernel/trace/bpf_trace.c, formats as there: an illegal one gives -EINVAL and prints
/// nothing. A line holds 1023 bytes and ends at its first NUL; a line end at its end is taken off.
/// </summary>
/// <remarks>%s and %pks read the memory of this process, where the program's strings lie, %pus that of the event's process; what is not there prints as nothing.</remarks>
[HelperSet("trace")]
public sealed unsafe partial class TraceHelpers
{
    /// <summary>MAX_BPRINTF_BUF</summary>
    private const int LineBytes = 1024;

    private readonly TimeProvider _time;
    private readonly ITraceOutput _output;
    private readonly IMachine _machine;
    private readonly TaskTable _tasks;

    public TraceHelpers(TimeProvider time, ITraceOutput output)
        : this(time, output, new LocalMachine())
    {
    }

    internal TraceHelpers(TimeProvider time, ITraceOutput output, IMachine machine)
    {
        _time = time;
        _output = output;
        _machine = machine;
        _tasks = new TaskTable(time, machine);
    }

    /// <summary>The values to print are not in the kernel's prototype either: whatever R3 to R5 hold is taken.</summary>
    [Helper("bpf_trace_printk", Number = 6, Description = "Prints a line with at most three arguments, which follow the format's size; gives its length.", IsGplOnly = true)]
    private long PrintValues(
        Invocation* invocation,
        [Argument(Name = "fmt")] ReadOnlySpan<byte> format,
        [Argument(IsVariadic = true)] ulong first,
        [Argument(IsVariadic = true)] ulong second,
        [Argument(IsVariadic = true)] ulong third)
        => Print(invocation, format, [first, second, third]);

    [Helper("bpf_trace_vprintk", Number = 177, Description = "Prints a line with at most twelve arguments from an array; gives its length.", IsGplOnly = true)]
    private long PrintArray(
        Invocation* invocation,
        [Argument(Name = "fmt")] ReadOnlySpan<byte> format,
        [Argument(HelperArgumentKind.ReadableMemory, MaybeNull = true)] ulong data,
        [Argument(HelperArgumentKind.SizeOrZero, Name = "data_len")] ulong dataSize)
        => PrintArguments.TryRead(data, dataSize, out ReadOnlySpan<ulong> arguments) ? Print(invocation, format, arguments) : -(long)Errno.EINVAL;

    private long Print(Invocation* invocation, ReadOnlySpan<byte> format, ReadOnlySpan<ulong> arguments)
    {
        Span<byte> line = stackalloc byte[LineBytes];
        long length = KernelFormat.Print(format, arguments, CurrentTask.ProcessOf(invocation), line);
        if (length < 0)
        {
            return length;
        }

        line = line[..line.IndexOf((byte)0)];
        line = line is [.., (byte)'\n'] ? line[..^1] : line;
        CurrentTask task = CurrentTask.Of(invocation, _machine);
        long time = invocation->Origin.TimestampNanoseconds is > 0 and { } happened ? happened : _time.GetNanoseconds();
        _output.Write(new TraceRecord(
            TimeSpan.FromTicks(time / TimeSpan.NanosecondsPerTick),
            task.Cpu,
            task.ProcessId,
            _tasks.Find(task)?.Command ?? "",
            invocation->Program.Name,
            Encoding.UTF8.GetString(line)));
        return length;
    }
}
