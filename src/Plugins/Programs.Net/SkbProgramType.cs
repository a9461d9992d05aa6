using Skep.Contracts;
using Skep.ProgramTypes.Contexts;

namespace Skep.ProgramTypes;

/// <summary>
/// A type whose context is <c>struct __sk_buff</c>. The packet stays where it is, in memory that must be writable for types that may write it; what a program writes into it is there at once, what it writes into the context
/// ends with the run. Fields that speak of interfaces, sockets and queues are 0: sources do not say them yet.
/// </summary>
/// <param name="isFramed">Packets start with their Ethernet header, not with their network header.</param>
public abstract class SkbProgramType(ProgramTypeDescriptor descriptor, bool isFramed) : IProgramType
{
    // A type without packet pointers reads the packet by other means.
    private readonly MemoryAccess _access = descriptor.Context.Fields.FirstOrDefault(field => field.Kind == ContextFieldKind.PacketStart)?.TargetAccess ?? MemoryAccess.Read;

    public ProgramTypeDescriptor Descriptor => descriptor;

    public ProgramEntry Enter(MemoryRegion data, nint scratch)
        => SkbContext.Enter(data with { Access = data.Access & _access }, scratch, isFramed, MemoryAccess.ReadWrite);

    public void Leave(MemoryRegion data, nint scratch, ulong result)
    {
    }
}
