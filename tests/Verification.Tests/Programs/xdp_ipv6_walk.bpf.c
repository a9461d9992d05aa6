/* Follows the chain of IPv6 extension headers to the transport header, refuses routing headers and chains that are too
 * long, and lets pass what goes to allowed ports. */
#include "include/net.h"

#define MAX_EXTENSIONS 6

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, __u8);
} allowed_ports SEC(".maps");

static __noinline int is_allowed(__u8 protocol, __be16 port)
{
    __u32 key = protocol << 16 | bpf_ntohs(port);

    return bpf_map_lookup_elem(&allowed_ports, &key) ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int walk_extensions(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct ethhdr *eth;
    struct ipv6hdr *ip;
    __u8 next;

    if (cursor_ethernet(&cursor, &eth) != bpf_htons(ETH_P_IPV6))
        return XDP_PASS;
    ip = cursor_take(&cursor, sizeof(*ip));
    if (!ip)
        return XDP_DROP;
    next = ip->nexthdr;

#pragma clang loop unroll(disable)
    for (int i = 0; i < MAX_EXTENSIONS; i++) {
        struct ipv6_opt_hdr *extension;
        struct udphdr *ports;

        switch (next) {
        case IPPROTO_HOPOPTS:
        case IPPROTO_DSTOPTS:
            extension = cursor.pos;
            if ((void *)(extension + 1) > cursor.end)
                return XDP_DROP;
            next = extension->nexthdr;
            cursor.pos += (extension->hdrlen + 1) * 8;
            break;
        case IPPROTO_FRAGMENT:
            extension = cursor_take(&cursor, 8);
            if (!extension)
                return XDP_DROP;
            next = extension->nexthdr;
            break;
        case IPPROTO_TCP:
        case IPPROTO_UDP:
            ports = cursor_take(&cursor, sizeof(*ports));
            return ports ? is_allowed(next, ports->dest) : XDP_DROP;
        case IPPROTO_ICMPV6:
        case IPPROTO_NONE:
            return XDP_PASS;
        case IPPROTO_ROUTING:
        default:
            return XDP_DROP;
        }
    }
    return XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
