namespace Skep.Helpers.Machine;

/// <summary>What helpers ask of the system that no other contract offers; tests pass their own.</summary>
internal interface IMachine
{
    int ProcessId { get; }

    /// <summary>The running thread, as the system numbers threads.</summary>
    int ThreadId { get; }

    /// <summary>The CPU that the caller runs on, or ran on a moment ago.</summary>
    int Cpu { get; }

    /// <summary>The memory node that a CPU belongs to; 0 where that is not known.</summary>
    int NodeOf(int cpu);

    /// <summary>CLOCK_BOOTTIME in nanoseconds; null where the system has none.</summary>
    long? BootNanoseconds { get; }

    /// <summary>What the system says of a task; null when it is gone or may not be asked about.</summary>
    TaskInfo? ReadTask(int processId, int threadId);
}
