/* A packet's way through several programs: each parses one layer and jumps to the program of the next, by a table that
 * user space may change. What one program learns it leaves for the next in a per-CPU array. */
#include "include/net.h"

enum { STAGE_IPV4, STAGE_IPV6, STAGE_TCP, STAGE_UDP, STAGE_VERDICT, STAGES };

struct scratch {
    __u32 offset; /* of the transport header */
    __u32 protocol;
    __be16 source;
    __be16 destination;
    __u32 visited;
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct scratch);
} scratch_map SEC(".maps");

int stage_ipv4(struct xdp_md *ctx);
int stage_ipv6(struct xdp_md *ctx);
int stage_tcp(struct xdp_md *ctx);
int stage_udp(struct xdp_md *ctx);
int stage_verdict(struct xdp_md *ctx);

struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, STAGES);
    __uint(key_size, 4);
    __array(values, int(struct xdp_md *));
} stages SEC(".maps") = {
    .values = {
        [STAGE_IPV4] = &stage_ipv4,
        [STAGE_IPV6] = &stage_ipv6,
        [STAGE_TCP] = &stage_tcp,
        [STAGE_UDP] = &stage_udp,
        [STAGE_VERDICT] = &stage_verdict,
    },
};

static __always_inline struct scratch *scratch(void)
{
    __u32 zero = 0;

    return bpf_map_lookup_elem(&scratch_map, &zero);
}

SEC("xdp")
int stage_ethernet(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct scratch *state = scratch();
    struct ethhdr *eth;
    int protocol = cursor_ethernet(&cursor, &eth);

    if (!state || protocol < 0)
        return XDP_DROP;
    __builtin_memset(state, 0, sizeof(*state));
    state->offset = cursor.pos - (void *)eth;
    if (protocol == bpf_htons(ETH_P_IP))
        bpf_tail_call(ctx, &stages, STAGE_IPV4);
    else if (protocol == bpf_htons(ETH_P_IPV6))
        bpf_tail_call(ctx, &stages, STAGE_IPV6);
    return XDP_PASS; /* also when the stage is not there */
}

SEC("xdp")
int stage_ipv4(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct scratch *state = scratch();
    struct iphdr *ip;

    if (!state || state->offset > 64)
        return XDP_DROP;
    cursor.pos += state->offset;
    ip = cursor_ipv4(&cursor);
    if (!ip)
        return XDP_DROP;
    state->offset += ip->ihl * 4;
    state->protocol = ip->protocol;
    state->visited |= 1 << STAGE_IPV4;
    bpf_tail_call(ctx, &stages, ip->protocol == IPPROTO_TCP ? STAGE_TCP : STAGE_UDP);
    return XDP_PASS;
}

SEC("xdp")
int stage_ipv6(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct scratch *state = scratch();
    struct ipv6hdr *ip;

    if (!state || state->offset > 64)
        return XDP_DROP;
    cursor.pos += state->offset;
    ip = cursor_take(&cursor, sizeof(*ip));
    if (!ip)
        return XDP_DROP;
    state->offset += sizeof(*ip);
    state->protocol = ip->nexthdr;
    state->visited |= 1 << STAGE_IPV6;
    bpf_tail_call(ctx, &stages, ip->nexthdr == IPPROTO_TCP ? STAGE_TCP : STAGE_UDP);
    return XDP_PASS;
}

static __noinline int read_ports(struct xdp_md *ctx, struct scratch *state, __u32 stage)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct udphdr *ports;
    __u32 offset = state->offset;

    if (offset > 256)
        return -1;
    cursor.pos += offset;
    ports = cursor_take(&cursor, sizeof(*ports));
    if (!ports)
        return -1;
    state->source = ports->source;
    state->destination = ports->dest;
    state->visited |= 1 << stage;
    return 0;
}

SEC("xdp")
int stage_tcp(struct xdp_md *ctx)
{
    struct scratch *state = scratch();

    if (!state || read_ports(ctx, state, STAGE_TCP))
        return XDP_DROP;
    bpf_tail_call(ctx, &stages, STAGE_VERDICT);
    return XDP_PASS;
}

SEC("xdp")
int stage_udp(struct xdp_md *ctx)
{
    struct scratch *state = scratch();

    if (!state || state->protocol != IPPROTO_UDP)
        return XDP_PASS;
    if (read_ports(ctx, state, STAGE_UDP))
        return XDP_DROP;
    bpf_tail_call(ctx, &stages, STAGE_VERDICT);
    return XDP_PASS;
}

SEC("xdp")
int stage_verdict(struct xdp_md *ctx)
{
    struct scratch *state = scratch();

    if (!state)
        return XDP_ABORTED;
    return state->destination == bpf_htons(23) ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
