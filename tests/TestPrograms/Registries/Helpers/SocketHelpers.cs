using System.Collections.Immutable;
using Skep.Contracts;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>net/core/filter.c: sockets, which are objects that a program holds and gives back.</summary>
internal sealed class SocketHelpers : PrototypeSet
{
    private const string Socket = "sock";

    private static readonly ImmutableArray<string> Users = [.. PacketWriters, "cgroup_skb", "cgroup_sock_addr"];

    public SocketHelpers()
        : base("socket")
    {
        Add(Lookup(84, "sk_lookup_tcp"));
        Add(Lookup(85, "sk_lookup_udp"));
        Add(Prototype(86, "sk_release", new HelperArgument(HelperArgumentKind.Object, "sock", HelperArgumentFlags.Releases) { ObjectType = Socket }) with
        {
            ProgramTypes = Users,
        });
    }

    private static HelperDescriptor Lookup(int number, string name) =>
        Prototype(number, name, Context, Readable("tuple"), Size("tuple_size"), Number("netns"), Flags) with
        {
            Result = new HelperResult(HelperResultKind.ObjectOrNull) { ObjectType = Socket, ReleasedBy = "bpf_sk_release" },
            ProgramTypes = Users,
        };
}
