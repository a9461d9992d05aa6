using System.Text;

namespace Skep.Helpers.Machine;

/// <summary>
/// Names and ids of tasks, kept briefly: a burst of events of one task costs one look into /proc, and a new name (exec, or a number given again)
/// is seen soon. Bounded: each thread id has one place, which the next one with the same place takes. Safe for any number of threads.
/// </summary>
internal sealed class TaskTable(TimeProvider time, IMachine machine)
{
    private const int Places = 256;

    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMilliseconds(100);

    private readonly Entry?[] _places = new Entry?[Places];

    /// <summary>What is known of a task; null when it is gone.</summary>
    public TaskInfo? Find(CurrentTask task)
    {
        ref Entry? place = ref _places[(uint)task.ThreadId % Places];
        long now = time.GetTimestamp();
        if (Volatile.Read(ref place) is { } entry && entry.Task == task && time.GetElapsedTime(entry.Time, now) < Lifetime)
        {
            return entry.Info;
        }

        TaskInfo? info = task.IsIdle
            ? new TaskInfo(Encoding.ASCII.GetBytes($"swapper/{task.Cpu}"), 0, 0)
            : machine.ReadTask(task.ProcessId, task.ThreadId);
        Volatile.Write(ref place, new Entry(task, now, info));
        return info;
    }

    private sealed record Entry(CurrentTask Task, long Time, TaskInfo? Info);
}
