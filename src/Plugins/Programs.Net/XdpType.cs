using Skep.Contracts;
using Skep.ProgramTypes.Contexts;

namespace Skep.ProgramTypes;

/// <summary>
/// <c>xdp</c>: a packet from its Ethernet header on, before anything else has seen it. It is copied into a frame with room at both ends and, as far as its memory
/// is writable, back; one that no frame holds stays where it is, so its memory must be writable. The interface and queue that it came by are 0: sources do not say them yet.
/// </summary>
/// <remarks>A program's result acts on nothing by itself: the source of the packets reads it (XDP_ABORTED 0, DROP, PASS, TX, REDIRECT 4).</remarks>
public sealed unsafe class XdpType : IProgramType
{
    public ProgramTypeDescriptor Descriptor { get; } = new()
    {
        Name = "xdp",
        Description = "Runs on a packet as it arrives; says whether it is dropped, passed, sent back or redirected.",
        Number = new(6),
        Sections = [new("xdp"), new("xdp.frags")],
        Context = XdpContext.Layout,
    };

    public ProgramEntry Enter(MemoryRegion data, nint scratch)
    {
        var frame = (XdpFrame*)scratch;
        XdpFrame.Open(frame, data);
        return new ProgramEntry((ulong)(&frame->Context), 0, XdpFrame.ContextRegion(frame), frame->State.Region(MemoryAccess.ReadWrite));
    }

    public void Leave(MemoryRegion data, nint scratch, ulong result) => XdpFrame.Close((XdpFrame*)scratch, data);
}
