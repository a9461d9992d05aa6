using Skep.Contracts;
using Skep.Helpers.Machine;

namespace Skep.Helpers.Tests;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class FakeTime : TimeProvider
{
    public long Nanoseconds { get; set; } = 1_000_000_000;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Nanoseconds;
}

/// <summary>A system with one running thread and the tasks that a test gives it.</summary>
internal sealed class FakeMachine : IMachine
{
    public int ProcessId { get; set; } = 100;

    public int ThreadId { get; set; } = 101;

    public int Cpu { get; set; } = 3;

    public long? BootNanoseconds { get; set; } = 77;

    public int NodeOf(int cpu) => cpu / 2;

    public Dictionary<int, TaskInfo> Tasks { get; } = [];

    public int Reads { get; private set; }

    public TaskInfo? ReadTask(int processId, int threadId)
    {
        Reads++;
        return Tasks.GetValueOrDefault(threadId);
    }
}

internal sealed class TraceLines : ITraceOutput
{
    public List<TraceRecord> Records { get; } = [];

    public void Write(in TraceRecord record) => Records.Add(record);
}
