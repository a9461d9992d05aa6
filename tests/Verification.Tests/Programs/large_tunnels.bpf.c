/* Parses what is in tunnels in tunnels, everything written out by the compiler: VLAN, MPLS, IPv4 and IPv6 with options
 * and extension headers, GRE, VXLAN, GTP-U, IP in IP, at most two deep; the innermost flow is counted and put into a
 * key with the path that led to it. */
#include "include/net.h"

#define DEPTH 2
#define MAX_LABELS 2
#define MAX_EXTENSIONS 2

#define ETH_P_MPLS 0x8847
#define IPPROTO_GRE 47
#define IPPROTO_IPV6 41
#define PORT_VXLAN 4789
#define PORT_GTPU 2152

enum layer { LAYER_NONE, LAYER_ETHERNET, LAYER_MPLS, LAYER_IPV4, LAYER_IPV6, LAYER_GRE, LAYER_UDP, LAYER_TCP };

struct flow {
    __be32 source[4];
    __be32 destination[4];
    __be16 ports[2];
    __u8 protocol;
    __u8 depth;
    __u16 padding;
    __u32 path; /* four bits for each layer */
};

struct gre_hdr {
    __be16 flags;
    __be16 protocol;
};

struct vxlan_hdr {
    __be32 flags;
    __be32 vni;
};

struct gtp_hdr {
    __u8 flags;
    __u8 type;
    __be16 length;
    __be32 teid;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 65536);
    __type(key, struct flow);
    __type(value, __u64);
} flows SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct flow);
} scratch SEC(".maps");

/* The protocol of the next layer as an Ethernet type; 0: this was the innermost; -1: malformed. */
static __always_inline int parse_gre(struct cursor *cursor)
{
    struct gre_hdr *gre = cursor_take(cursor, sizeof(*gre));
    __u64 flags;

    if (!gre)
        return -1;
    /* Checksum, key and sequence number are there or not: 4 bytes each, and no branch. */
    flags = bpf_ntohs(gre->flags);
    cursor->pos += ((flags >> 15 & 1) + (flags >> 13 & 1) + (flags >> 12 & 1)) * 4;
    return gre->protocol;
}

static __always_inline int parse_gtp(struct cursor *cursor)
{
    struct gtp_hdr *gtp = cursor_take(cursor, sizeof(*gtp));
    __u8 *version;

    if (!gtp || gtp->type != 255)
        return -1;
    cursor->pos += (gtp->flags & 7) ? 4 : 0;
    version = cursor->pos;
    if ((void *)(version + 1) > cursor->end)
        return -1;
    return *version >> 4 == 6 ? bpf_htons(ETH_P_IPV6) : bpf_htons(ETH_P_IP);
}

static __always_inline int parse_udp(struct cursor *cursor, struct flow *flow)
{
    struct udphdr *udp = cursor_take(cursor, sizeof(*udp));
    struct ethhdr *eth;

    if (!udp)
        return -1;
    flow->ports[0] = udp->source;
    flow->ports[1] = udp->dest;
    flow->path = flow->path << 4 | LAYER_UDP;
    if (udp->dest == bpf_htons(PORT_VXLAN)) {
        if (!cursor_take(cursor, sizeof(struct vxlan_hdr)))
            return -1;
        return cursor_ethernet(cursor, &eth);
    }
    return udp->dest == bpf_htons(PORT_GTPU) ? parse_gtp(cursor) : 0;
}

static __always_inline int parse_transport(struct cursor *cursor, struct flow *flow, __u8 protocol)
{
    struct tcphdr *tcp;

    flow->protocol = protocol;
    switch (protocol) {
    case IPPROTO_TCP:
        tcp = cursor_take(cursor, sizeof(*tcp));
        if (!tcp)
            return -1;
        flow->ports[0] = tcp->source;
        flow->ports[1] = tcp->dest;
        flow->path = flow->path << 4 | LAYER_TCP;
        return 0;
    case IPPROTO_UDP:
        return parse_udp(cursor, flow);
    case IPPROTO_GRE:
        flow->path = flow->path << 4 | LAYER_GRE;
        return parse_gre(cursor);
    case IPPROTO_IPIP:
        return bpf_htons(ETH_P_IP);
    case IPPROTO_IPV6:
        return bpf_htons(ETH_P_IPV6);
    default:
        return 0;
    }
}

static __always_inline int parse_ipv4(struct cursor *cursor, struct flow *flow)
{
    struct iphdr *ip = cursor_ipv4(cursor);

    if (!ip)
        return -1;
    __builtin_memset(flow->source, 0, sizeof(flow->source));
    __builtin_memset(flow->destination, 0, sizeof(flow->destination));
    flow->source[0] = ip->saddr;
    flow->destination[0] = ip->daddr;
    flow->path = flow->path << 4 | LAYER_IPV4;
    if (ip->frag_off & bpf_htons(IP_OFFSET))
        return 0;
    return parse_transport(cursor, flow, ip->protocol);
}

static __always_inline int parse_ipv6(struct cursor *cursor, struct flow *flow)
{
    struct ipv6hdr *ip = cursor_take(cursor, sizeof(*ip));
    __u8 next;

    if (!ip)
        return -1;
    __builtin_memcpy(flow->source, &ip->saddr, sizeof(flow->source));
    __builtin_memcpy(flow->destination, &ip->daddr, sizeof(flow->destination));
    flow->path = flow->path << 4 | LAYER_IPV6;
    next = ip->nexthdr;
#pragma clang loop unroll(full)
    for (int i = 0; i < MAX_EXTENSIONS; i++) {
        struct ipv6_opt_hdr *extension;

        if (next != IPPROTO_HOPOPTS && next != IPPROTO_DSTOPTS && next != IPPROTO_ROUTING)
            break;
        extension = cursor->pos;
        if ((void *)(extension + 1) > cursor->end)
            return -1;
        next = extension->nexthdr;
        cursor->pos += (extension->hdrlen + 1) * 8;
    }
    return parse_transport(cursor, flow, next);
}

static __always_inline int parse_mpls(struct cursor *cursor, struct flow *flow)
{
    __u8 *version;
    bool is_last = false;

    flow->path = flow->path << 4 | LAYER_MPLS;
    for (int i = 0; i < MAX_LABELS; i++) {
        __u8 *label;

        if (is_last)
            break;
        label = cursor_take(cursor, 4);
        if (!label)
            return -1;
        is_last = label[2] & 1;
    }
    version = cursor->pos;
    if ((void *)(version + 1) > cursor->end)
        return -1;
    return *version >> 4 == 6 ? bpf_htons(ETH_P_IPV6) : bpf_htons(ETH_P_IP);
}

SEC("xdp")
int count_inner_flow(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct ethhdr *eth;
    __u32 zero = 0;
    struct flow *flow = bpf_map_lookup_elem(&scratch, &zero);
    int protocol = cursor_ethernet(&cursor, &eth);

    if (!flow || protocol < 0)
        return XDP_PASS;
    __builtin_memset(flow, 0, sizeof(*flow));
    flow->path = LAYER_ETHERNET;
#pragma clang loop unroll(full)
    for (int depth = 0; depth < DEPTH; depth++) {
        if (protocol == bpf_htons(ETH_P_MPLS))
            protocol = parse_mpls(&cursor, flow);
        if (protocol == bpf_htons(ETH_P_IP))
            protocol = parse_ipv4(&cursor, flow);
        else if (protocol == bpf_htons(ETH_P_IPV6))
            protocol = parse_ipv6(&cursor, flow);
        else
            break;
        flow->depth = depth + 1;
    }
    if (protocol < 0)
        return XDP_DROP;
    map_add(&flows, flow, 1);
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
