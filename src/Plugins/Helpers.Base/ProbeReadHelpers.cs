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
public sealed unsafe class ProbeReadHelpers : HelperSet
{
    public ProbeReadHelpers()
        : base("probe_read")
    {
        Add(4, "bpf_probe_read", "Copies memory of the event's process, or of the program's context; zeros and -EFAULT when it is not there.", static (invocation, to, size, from, _, _)
            => Copy(EitherProcess(invocation, from), to, size, from));
        Add(112, "bpf_probe_read_user", "Copies memory of the event's process; zeros and -EFAULT when it is not there.", static (invocation, to, size, from, _, _)
            => Copy(CurrentTask.ProcessOf(invocation), to, size, from));
        Add(113, "bpf_probe_read_kernel", "Copies memory of the program's runtime; zeros and -EFAULT when it is not there, as Linux's own never is.", static (_, to, size, from, _, _)
            => Copy(Environment.ProcessId, to, size, from));
        Add(45, "bpf_probe_read_str", "Copies a string of the event's process, or of the program's context; gives its length with NUL, or -EFAULT.", static (invocation, to, size, from, _, _)
            => CopyString(EitherProcess(invocation, from), to, size, from), Length);
        Add(114, "bpf_probe_read_user_str", "Copies a string of the event's process; gives its length with NUL, or -EFAULT.", static (invocation, to, size, from, _, _)
            => CopyString(CurrentTask.ProcessOf(invocation), to, size, from), Length);
        Add(115, "bpf_probe_read_kernel_str", "Copies a string of the program's runtime; gives its length with NUL, or -EFAULT.", static (_, to, size, from, _, _)
            => CopyString(Environment.ProcessId, to, size, from), Length);
    }

    /// <summary>A length that the buffer holds, or an error: what do_refine_retval_range of kernel/bpf/verifier.c knows of the readers of strings.</summary>
    private static HelperResult Length { get; } = HelperResult.Integer with { IsBoundedBySize = true };

    private void Add(int number, string name, string description, HelperFunction function, HelperResult? result = null)
        => Add(
            new HelperDescriptor(name)
            {
                Number = new(number),
                Description = description,
                Arguments = [Argument.Out("dst"), Argument.SizeOrZero("size"), Argument.Number("unsafe_ptr")],
                Result = result ?? HelperResult.Integer,
                IsGplOnly = true,
                ProgramTypes = Argument.TracingTypes,
            },
            function);

    private static ulong Copy(int process, ulong to, ulong size, ulong from) => (ulong)ProcessMemory.Read(process, from, (byte*)to, (uint)size);

    private static ulong CopyString(int process, ulong to, ulong size, ulong from) => (ulong)ProcessMemory.ReadString(process, from, (byte*)to, (uint)size);

    private static int EitherProcess(Invocation* invocation, ulong address)
    {
        bool isContext = address - invocation->Context < (ulong)invocation->ProgramType.Descriptor.Context.Size;
        return isContext ? Environment.ProcessId : CurrentTask.ProcessOf(invocation);
    }
}
