using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Sdk.Tests.Sets;

/// <summary>A context with something of each kind.</summary>
[ProgramContext("test_event")]
[StructLayout(LayoutKind.Sequential)]
public unsafe partial struct EventContext
{
    public uint First;

    [ContextField(Access = MemoryAccess.ReadWrite)]
    public uint Second;

    public byte Small;

    [ContextField(ContextFieldKind.PacketStart, TargetAccess = MemoryAccess.ReadWrite)]
    public byte* Data;

    [ContextField(ContextFieldKind.PacketEnd)]
    public byte* DataEnd;

    [ContextField(ContextFieldKind.Memory)]
    public Point* Where;

    [ContextField(IsHidden = true)]
    public nint HostState;
}

/// <summary>A program type whose event is the struct itself.</summary>
internal sealed class EventType : IProgramType
{
    public ProgramTypeDescriptor Descriptor { get; } = new() { Name = "test.event", Description = "For tests.", Context = EventContext.Layout };

    public ProgramEntry Enter(MemoryRegion data, nint scratch) => new((ulong)data.Address, 0, data);

    public void Leave(MemoryRegion data, nint scratch, ulong result)
    {
    }
}
