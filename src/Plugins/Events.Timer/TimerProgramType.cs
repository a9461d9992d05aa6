using Skep.Contracts;

namespace Skep.Events;

/// <summary><c>timer</c>: runs at each tick, with <c>struct { __u64 scheduled_ns; __u64 ticks; __u64 missed; }</c> to read. Linux has no such type.</summary>
public sealed class TimerProgramType : IProgramType
{
    public ProgramTypeDescriptor Descriptor { get; } = new()
    {
        Name = "timer",
        Description = "Runs at a steady rate; the context tells when the tick was due, how many ran and how many were missed.",
        Sections = [new("timer", "timer")],
        Context = new ContextLayout
        {
            Size = 3 * sizeof(ulong),
            Fields = [new("scheduled_ns", 0, sizeof(ulong)), new("ticks", 8, sizeof(ulong)), new("missed", 16, sizeof(ulong))],
        },
    };

    public ProgramEntry Enter(MemoryRegion data, nint scratch)
        => new((ulong)data.Address, 0, data with { Access = MemoryAccess.Read });

    public void Leave(MemoryRegion data, nint scratch, ulong result)
    {
    }
}
