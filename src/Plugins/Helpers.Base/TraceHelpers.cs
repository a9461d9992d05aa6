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
public sealed unsafe class TraceHelpers : HelperSet
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
        : base("trace")
    {
        _time = time;
        _output = output;
        _machine = machine;
        _tasks = new TaskTable(time, machine);
        Add(
            new HelperDescriptor("bpf_trace_printk")
            {
                Number = new(6),
                Description = "Prints a line with at most three arguments, which follow the format's size; gives its length.",

                // The values to print are not in the kernel's prototype either: whatever R3 to R5 hold is taken.
                Arguments = [Argument.Readable("fmt"), Argument.Size("fmt_size")],
                IsVariadic = true,
                IsGplOnly = true,
            },
            PrintValues);
        Add(
            new HelperDescriptor("bpf_trace_vprintk")
            {
                Number = new(177),
                Description = "Prints a line with at most twelve arguments from an array; gives its length.",
                Arguments =
                [
                    Argument.Readable("fmt"), Argument.Size("fmt_size"),
                    Argument.Readable("data", HelperArgumentFlags.MaybeNull), Argument.SizeOrZero("data_len"),
                ],
                IsGplOnly = true,
            },
            PrintArray);
    }

    private ulong PrintValues(Invocation* invocation, ulong format, ulong size, ulong r3, ulong r4, ulong r5)
        => (ulong)Print(invocation, new ReadOnlySpan<byte>((byte*)format, checked((int)size)), [r3, r4, r5]);

    private ulong PrintArray(Invocation* invocation, ulong format, ulong size, ulong data, ulong dataSize, ulong r5)
        => PrintArguments.TryRead(data, dataSize, out ReadOnlySpan<ulong> arguments)
            ? (ulong)Print(invocation, new ReadOnlySpan<byte>((byte*)format, checked((int)size)), arguments)
            : Errno.EINVAL.ToProgram();

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
