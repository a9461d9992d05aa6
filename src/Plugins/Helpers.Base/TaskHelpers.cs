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
/// </remarks>
[HelperSet("task")]
public sealed unsafe partial class TaskHelpers
{
    /// <summary>
    /// The largest number of a CPU that Linux can be built for (CONFIG_NR_CPUS), less one. The kernel promises its own count; this is the same on every machine, and
    /// what an event's source says is held to it.
    /// </summary>
    private const int MaxCpu = 8191;

    private readonly IMachine _machine;
    private readonly TaskTable _tasks;

    public TaskHelpers(TimeProvider time)
        : this(time, new LocalMachine())
    {
    }

    internal TaskHelpers(TimeProvider time, IMachine machine)
    {
        _machine = machine;
        _tasks = new TaskTable(time, machine);
    }

    [Helper("bpf_get_smp_processor_id", Number = 8, Description = "The number of the CPU that the event happened on.")]
    [return: Result(Minimum = 0, Maximum = MaxCpu)]
    private uint GetCpu(Invocation* invocation) => (uint)Math.Clamp(CurrentTask.CpuOf(invocation, _machine), 0, MaxCpu);

    [Helper("bpf_get_numa_node_id", Number = 42, Description = "The number of the memory node of the CPU that the event happened on.")]
    private long GetNode(Invocation* invocation) => (uint)_machine.NodeOf(CurrentTask.CpuOf(invocation, _machine));

    [Helper("bpf_get_current_pid_tgid", Number = 14, Description = "The process id in the upper 32 bits, the thread id in the lower.")]
    private ulong GetProcessAndThread(Invocation* invocation)
    {
        CurrentTask task = CurrentTask.Of(invocation, _machine);
        return ((ulong)(uint)task.ProcessId << 32) | (uint)task.ThreadId;
    }

    [Helper("bpf_get_current_uid_gid", Number = 15, Description = "The real group id in the upper 32 bits, the real user id in the lower; -EINVAL when the task is gone.")]
    private ulong GetUserAndGroup(Invocation* invocation)
        => _tasks.Find(CurrentTask.Of(invocation, _machine)) is { User: { } user, Group: { } group }
            ? ((ulong)group << 32) | user
            : Errno.EINVAL.ToProgram();

    [Helper("bpf_get_current_comm", Number = 16, Description = "Copies the task's name, at most 15 bytes, and pads it with zeros; -EINVAL when the task is gone.")]
    private long GetCommand(Invocation* invocation, [Argument(Name = "buf", SizeName = "size_of_buf", Uninitialized = true)] Span<byte> destination)
    {
        destination.Clear();
        if (_tasks.Find(CurrentTask.Of(invocation, _machine)) is not { } info)
        {
            return -(long)Errno.EINVAL;
        }

        ReadOnlySpan<byte> name = info.CommandBytes;
        name[..Math.Min(name.Length, destination.Length - 1)].CopyTo(destination);
        return 0;
    }
}
