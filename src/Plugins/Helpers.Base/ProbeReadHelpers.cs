using Skep.Contracts;
using Skep.Helpers.Machine;

namespace Skep.Helpers;

/// <summary>Reads memory that may not be there; prototypes as in kernel/trace/bpf_trace.c. For tracing programs under a GPL-compatible licence only, as in Linux.</summary>
/// <remarks>
/// <para>
/// "User" memory is that of the event's process (of this process when the event happened on the running thread). Unlike in the
/// kernel that process runs on meanwhile, so what the pointer means may have changed; and reading another process wants the right to trace it.
/// </para>
/// <para>
/// "Kernel" memory is what the kernel is to programs: the memory of their runtime, this process, where their contexts, maps and stacks lie. Addresses
/// of Linux itself are out of reach for user space and give -EFAULT.
/// </para>
/// <para>
/// The two old helpers that take either take the program's context as its own and everything else as user memory: addresses alone do not
/// tell here, as on the processors where Linux does not offer them.
/// </para>
/// </remarks>
[HelperSet("probe_read")]
public sealed unsafe partial class ProbeReadHelpers
{
    // A length that the buffer holds, or an error: what do_refine_retval_range of kernel/bpf/verifier.c knows of the readers of strings, and not of the others.
    [Helper("bpf_probe_read", Number = 4, Description = "Copies memory of the event's process, or of the program's context; zeros and -EFAULT when it is not there.", IsGplOnly = true, ProgramTypes = [TracingTypes.Kprobe, TracingTypes.Tracepoint, TracingTypes.RawTracepoint, TracingTypes.PerfEvent, TracingTypes.Tracing])]
    private static long Read(
        Invocation* invocation, [Argument(HelperArgumentKind.WritableMemory, Name = "dst", Uninitialized = true)] byte* to, [Argument(HelperArgumentKind.SizeOrZero)] uint size, [Argument(Name = "unsafe_ptr")] ulong from)
        => ProcessMemory.Read(EitherProcess(invocation, from), from, to, size);

    [Helper("bpf_probe_read_user", Number = 112, Description = "Copies memory of the event's process; zeros and -EFAULT when it is not there.", IsGplOnly = true, ProgramTypes = [TracingTypes.Kprobe, TracingTypes.Tracepoint, TracingTypes.RawTracepoint, TracingTypes.PerfEvent, TracingTypes.Tracing])]
    private static long ReadUser(
        Invocation* invocation, [Argument(HelperArgumentKind.WritableMemory, Name = "dst", Uninitialized = true)] byte* to, [Argument(HelperArgumentKind.SizeOrZero)] uint size, [Argument(Name = "unsafe_ptr")] ulong from)
        => ProcessMemory.Read(CurrentTask.ProcessOf(invocation), from, to, size);

    [Helper("bpf_probe_read_kernel", Number = 113, Description = "Copies memory of the program's runtime; zeros and -EFAULT when it is not there, as Linux's own never is.", IsGplOnly = true, ProgramTypes = [TracingTypes.Kprobe, TracingTypes.Tracepoint, TracingTypes.RawTracepoint, TracingTypes.PerfEvent, TracingTypes.Tracing])]
    private static long ReadKernel(
        [Argument(HelperArgumentKind.WritableMemory, Name = "dst", Uninitialized = true)] byte* to, [Argument(HelperArgumentKind.SizeOrZero)] uint size, [Argument(Name = "unsafe_ptr")] ulong from)
        => ProcessMemory.Read(Environment.ProcessId, from, to, size);

    [Helper("bpf_probe_read_str", Number = 45, Description = "Copies a string of the event's process, or of the program's context; gives its length with NUL, or -EFAULT.", IsGplOnly = true, ProgramTypes = [TracingTypes.Kprobe, TracingTypes.Tracepoint, TracingTypes.RawTracepoint, TracingTypes.PerfEvent, TracingTypes.Tracing])]
    [return: Result(IsBoundedBySize = true)]
    private static long ReadEitherString(
        Invocation* invocation, [Argument(HelperArgumentKind.WritableMemory, Name = "dst", Uninitialized = true)] byte* to, [Argument(HelperArgumentKind.SizeOrZero)] uint size, [Argument(Name = "unsafe_ptr")] ulong from)
        => ProcessMemory.ReadString(EitherProcess(invocation, from), from, to, size);

    [Helper("bpf_probe_read_user_str", Number = 114, Description = "Copies a string of the event's process; gives its length with NUL, or -EFAULT.", IsGplOnly = true, ProgramTypes = [TracingTypes.Kprobe, TracingTypes.Tracepoint, TracingTypes.RawTracepoint, TracingTypes.PerfEvent, TracingTypes.Tracing])]
    [return: Result(IsBoundedBySize = true)]
    private static long ReadUserString(
        Invocation* invocation, [Argument(HelperArgumentKind.WritableMemory, Name = "dst", Uninitialized = true)] byte* to, [Argument(HelperArgumentKind.SizeOrZero)] uint size, [Argument(Name = "unsafe_ptr")] ulong from)
        => ProcessMemory.ReadString(CurrentTask.ProcessOf(invocation), from, to, size);

    [Helper("bpf_probe_read_kernel_str", Number = 115, Description = "Copies a string of the program's runtime; gives its length with NUL, or -EFAULT.", IsGplOnly = true, ProgramTypes = [TracingTypes.Kprobe, TracingTypes.Tracepoint, TracingTypes.RawTracepoint, TracingTypes.PerfEvent, TracingTypes.Tracing])]
    [return: Result(IsBoundedBySize = true)]
    private static long ReadKernelString(
        [Argument(HelperArgumentKind.WritableMemory, Name = "dst", Uninitialized = true)] byte* to, [Argument(HelperArgumentKind.SizeOrZero)] uint size, [Argument(Name = "unsafe_ptr")] ulong from)
        => ProcessMemory.ReadString(Environment.ProcessId, from, to, size);

    private static int EitherProcess(Invocation* invocation, ulong address)
    {
        bool isContext = address - invocation->Context < (ulong)invocation->ProgramType.Descriptor.Context.Size;
        return isContext ? Environment.ProcessId : CurrentTask.ProcessOf(invocation);
    }
}
