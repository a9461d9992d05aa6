using Skep.Contracts;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>net/core/filter.c: socket buffers.</summary>
internal sealed class PacketHelpers : PrototypeSet
{
    public PacketHelpers()
        : base("packet")
    {
        Add(Changing(9, "skb_store_bytes", Context, Number("offset"), Readable("from"), Size("len"), Flags));
        Add(Changing(10, "l3_csum_replace", Context, Number("offset"), Number("from"), Number("to"), Flags));
        Add(Changing(11, "l4_csum_replace", Context, Number("offset"), Number("from"), Number("to"), Flags));
        Add(Changing(13, "clone_redirect", Context, Number("ifindex"), Flags));
        Add(Changing(18, "skb_vlan_push", Context, Number("vlan_proto"), Number("vlan_tci")));
        Add(Changing(19, "skb_vlan_pop", Context));
        Add(Changing(38, "skb_change_tail", Context, Number("len"), Flags));
        Add(Changing(39, "skb_pull_data", Context, Number("len")));
        Add(Changing(50, "skb_adjust_room", Context, Number("len_diff"), Number("mode"), Flags));
        Add(Prototype(34, "get_hash_recalc", Context) with { ProgramTypes = TrafficControl });
        Add(Prototype(26, "skb_load_bytes", Context, Number("offset"), Writable("to"), Size("len")) with
        {
            ProgramTypes = [.. TrafficControl, "socket_filter", "cgroup_skb"],
        });
        Add(Prototype(46, "get_socket_cookie", Context) with { ProgramTypes = [.. TrafficControl, "socket_filter", "cgroup_skb", "cgroup_sock_addr"] });
        Add(Prototype(47, "get_socket_uid", Context) with { ProgramTypes = [.. TrafficControl, "socket_filter", "cgroup_skb"] });
        Add(Prototype(
            28, "csum_diff", Readable("from", HelperArgumentFlags.MaybeNull), SizeOrZero("from_size"),
            Readable("to", HelperArgumentFlags.MaybeNull), SizeOrZero("to_size"), Number("seed")) with
        { ProgramTypes = PacketWriters });
        Add(Prototype(69, "fib_lookup", Context, Writable("params", HelperArgumentFlags.None), Size("plen"), Flags) with
        {
            IsGplOnly = true,
            ProgramTypes = PacketWriters,
        });
    }

    private static HelperDescriptor Changing(int number, string name, params HelperArgument[] arguments) =>
        Prototype(number, name, [.. arguments]) with { ProgramTypes = TrafficControl, InvalidatesPackets = true };
}
