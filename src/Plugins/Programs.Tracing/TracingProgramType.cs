using Skep.Contracts;

namespace Skep.ProgramTypes;

/// <summary>
/// A type whose context is the event's own memory, read-only, with nothing to carry back. Its programs observe the host anyway, as Linux lets them
/// with CAP_PERFMON, so they may turn pointers into numbers.
/// </summary>
public abstract class TracingProgramType(ProgramTypeDescriptor descriptor) : IProgramType
{
    public ProgramTypeDescriptor Descriptor { get; } = descriptor with { AllowsPointerLeaks = true };

    public ProgramEntry Enter(MemoryRegion data, nint scratch)
        => new((ulong)data.Address, 0, data with { Access = MemoryAccess.Read });

    public void Leave(MemoryRegion data, nint scratch, ulong result)
    {
    }
}
