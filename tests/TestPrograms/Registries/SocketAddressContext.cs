using Skep.Contracts;

namespace Skep.TestPrograms.Registries;

/// <summary>
/// <c>struct bpf_sock_addr</c> of linux/bpf.h with the rights of sock_addr_is_valid_access (net/core/filter.c of Linux 6.18). Both families' addresses, of which
/// the kernel shows a program the one that its attach type names.
/// </summary>
internal static class SocketAddressContext
{
    internal static ContextLayout Connect { get; } = new()
    {
        Size = 72,
        TypeNames = ["bpf_sock_addr"],
        Fields =
        [
            new("user_family", 0, 4),
            Writable("user_ip4", 4),
            Writable("user_ip6[0]", 8), Writable("user_ip6[1]", 12), Writable("user_ip6[2]", 16), Writable("user_ip6[3]", 20),
            Writable("user_port", 24),
            new("family", 28, 4), new("type", 32, 4), new("protocol", 36, 4),
            new("sk", 64, 8) { Kind = ContextFieldKind.Object, ObjectType = "sock" },
        ],
    };

    private static ContextField Writable(string name, int offset) => new(name, offset, 4) { Access = MemoryAccess.ReadWrite };
}
