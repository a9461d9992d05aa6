using Skep.Contracts;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>net/core/filter.c: express data path.</summary>
internal sealed class XdpHelpers : PrototypeSet
{
    public XdpHelpers()
        : base("xdp")
    {
        Add(Prototype(44, "xdp_adjust_head", Context, Number("delta")) with { ProgramTypes = Xdp, InvalidatesPackets = true });
        Add(Prototype(54, "xdp_adjust_meta", Context, Number("delta")) with { ProgramTypes = Xdp, InvalidatesPackets = true });
        Add(Prototype(65, "xdp_adjust_tail", Context, Number("delta")) with { ProgramTypes = Xdp, InvalidatesPackets = true });
        Add(Prototype(51, "redirect_map", Map(MapOperations.Redirect), Number("key"), Flags) with { ProgramTypes = Xdp });
        Add(Prototype(188, "xdp_get_buff_len", Context) with { ProgramTypes = Xdp });
        Add(Prototype(189, "xdp_load_bytes", Context, Number("offset"), Writable("buf"), Size("len")) with { ProgramTypes = Xdp });
        Add(Prototype(190, "xdp_store_bytes", Context, Number("offset"), Readable("buf"), Size("len")) with { ProgramTypes = Xdp });
    }
}
