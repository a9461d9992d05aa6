using Skep.Contracts;
using Skep.Helpers.Formatting;
using Skep.Helpers.Machine;

namespace Skep.Helpers;

/// <summary>Strings in the program's own memory; prototypes as in kernel/bpf/helpers.c.</summary>
[HelperSet("string")]
public sealed unsafe partial class StringHelpers
{
    /// <summary>For tracing programs: %s takes any address and puts what is there into the program's hands.</summary>
    [Helper(
        "bpf_snprintf",
        Number = 165,
        Description = "Prints into memory, arguments from an array; gives the length of the whole text with NUL, also of what did not fit.",
        IsGplOnly = true,
        ProgramTypes = [TracingTypes.Kprobe, TracingTypes.Tracepoint, TracingTypes.RawTracepoint, TracingTypes.PerfEvent, TracingTypes.Tracing])]
    private static long Print(
        Invocation* invocation,
        [Argument(Name = "str", MaybeNull = true)] Span<byte> text,
        [Argument(HelperArgumentKind.ConstString, Name = "fmt")] byte* format,
        [Argument(HelperArgumentKind.ReadableMemory, MaybeNull = true)] ulong data,
        [Argument(HelperArgumentKind.SizeOrZero, Name = "data_len")] ulong dataSize)
    {
        if (!PrintArguments.TryRead(data, dataSize, out ReadOnlySpan<ulong> arguments))
        {
            return -(long)Errno.EINVAL;
        }

        ReadOnlySpan<byte> constant = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(format);
        var terminated = new ReadOnlySpan<byte>(format, constant.Length + 1);
        long length = KernelFormat.Print(terminated, arguments, CurrentTask.ProcessOf(invocation), text);
        return length < 0 ? length : length + 1;
    }

    [Helper("bpf_strncmp", Number = 182, Description = "Compares a string, which need not end in NUL, with a constant one: negative, 0 or positive.")]
    private static long Compare([Argument(Name = "s1", SizeName = "s1_sz")] ReadOnlySpan<byte> left, [Argument(HelperArgumentKind.ConstString, Name = "s2")] byte* right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i])
            {
                return left[i] < right[i] ? -1 : 1;
            }

            if (left[i] == 0)
            {
                break;
            }
        }

        return 0;
    }
}
