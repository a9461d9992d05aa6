using Skep.Contracts;
using Skep.Helpers.Machine;

namespace Skep.Helpers;

/// <summary>
/// Who and where: the event's task and CPU when its source knows them (<see cref="EventOrigin.IsKnown"/>), else the running thread's. Prototypes as in
/// kernel/bpf/helpers.c.
/// </summary>
/// <remarks>
/// Name, user and group of another task are read from /proc after the event, and kept for <see cref="TaskTable.Lifetime"/>: a task that has ended by
/// then has none, and the helpers answer as the kernel does without a task (-EINVAL, the name's buffer zeroed).
/// Not generated from signatures: whether the CPU's number is an intrinsic depends on the machine that an instance asks.
/// </remarks>
public sealed unsafe class TaskHelpers : HelperSet
{
    private readonly IMachine _machine;
    private readonly TaskTable _tasks;

    public TaskHelpers(TimeProvider time)
        : this(time, new LocalMachine())
    {
    }

    internal TaskHelpers(TimeProvider time, IMachine machine)
        : base("task")
    {
        _machine = machine;
        _tasks = new TaskTable(time, machine);
        Add(
            new HelperDescriptor("bpf_get_smp_processor_id")
            {
                Number = new(8),
                Description = "The number of the CPU that the event happened on.",
                Result = HelperResult.Integer with { Range = new ReturnRange(0, HelperIntrinsics.MaximumProcessor) },
                Intrinsic = machine is LocalMachine ? HelperIntrinsic.ProcessorNumber : HelperIntrinsic.None,
            },
            machine is LocalMachine
                ? static (invocation, _, _, _, _, _) => HelperIntrinsics.ProcessorNumber(invocation)
                : (invocation, _, _, _, _, _) => (ulong)Math.Clamp(CurrentTask.CpuOf(invocation, machine), 0, HelperIntrinsics.MaximumProcessor));
        Add(
            new HelperDescriptor("bpf_get_numa_node_id") { Number = new(42), Description = "The number of the memory node of the CPU that the event happened on." },
            (invocation, _, _, _, _, _) => (uint)machine.NodeOf(CurrentTask.CpuOf(invocation, machine)));
        Add(
            new HelperDescriptor("bpf_get_current_pid_tgid") { Number = new(14), Description = "The process id in the upper 32 bits, the thread id in the lower." },
            GetProcessAndThread);
        Add(
            new HelperDescriptor("bpf_get_current_uid_gid") { Number = new(15), Description = "The real group id in the upper 32 bits, the real user id in the lower; -EINVAL when the task is gone." },
            GetUserAndGroup);
        Add(
            new HelperDescriptor("bpf_get_current_comm")
            {
                Number = new(16),
                Description = "Copies the task's name, at most 15 bytes, and pads it with zeros; -EINVAL when the task is gone.",
                Arguments =
                [
                    new HelperArgument(HelperArgumentKind.WritableMemory, "buf", HelperArgumentFlags.Uninitialized),
                    new HelperArgument(HelperArgumentKind.Size, "size_of_buf"),
                ],
            },
            GetCommand);
    }

    private ulong GetProcessAndThread(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        CurrentTask task = CurrentTask.Of(invocation, _machine);
        return ((ulong)(uint)task.ProcessId << 32) | (uint)task.ThreadId;
    }

    private ulong GetUserAndGroup(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        => _tasks.Find(CurrentTask.Of(invocation, _machine)) is { User: { } user, Group: { } group }
            ? ((ulong)group << 32) | user
            : Errno.EINVAL.ToProgram();

    private ulong GetCommand(Invocation* invocation, ulong buffer, ulong size, ulong r3, ulong r4, ulong r5)
    {
        var destination = new Span<byte>((byte*)buffer, checked((int)size));
        destination.Clear();
        if (_tasks.Find(CurrentTask.Of(invocation, _machine)) is not { } info)
        {
            return Errno.EINVAL.ToProgram();
        }

        ReadOnlySpan<byte> name = info.CommandBytes;
        name[..Math.Min(name.Length, destination.Length - 1)].CopyTo(destination);
        return 0;
    }
}
