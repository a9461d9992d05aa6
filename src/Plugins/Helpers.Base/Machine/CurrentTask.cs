using Skep.Contracts;

namespace Skep.Helpers.Machine;

/// <summary>The kernel's "current": the event's task where its source knows it, else the running thread.</summary>
internal readonly record struct CurrentTask(int ProcessId, int ThreadId, int Cpu)
{
    /// <summary>The idle task of a CPU, which has no entry in /proc.</summary>
    public bool IsIdle => ProcessId == 0 && ThreadId == 0;

    public static unsafe CurrentTask Of(Invocation* invocation, IMachine machine)
    {
        EventOrigin origin = invocation->Origin;
        return origin.IsKnown
            ? new CurrentTask(origin.ProcessId, origin.ThreadId, origin.Cpu)
            : new CurrentTask(machine.ProcessId, machine.ThreadId, machine.Cpu);
    }

    /// <summary>The processor alone, which is quickly known.</summary>
    public static unsafe int CpuOf(Invocation* invocation, IMachine machine)
    {
        EventOrigin origin = invocation->Origin;
        return origin.IsKnown ? origin.Cpu : machine.Cpu;
    }

    /// <summary>The process whose memory <c>bpf_probe_read_user</c> means.</summary>
    public static unsafe int ProcessOf(Invocation* invocation)
    {
        EventOrigin origin = invocation->Origin;
        return origin.IsKnown ? origin.ProcessId : Environment.ProcessId;
    }
}
