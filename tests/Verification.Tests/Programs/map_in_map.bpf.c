/* Maps in maps: counters by tenant, each tenant with a map of its own that user space gives and takes away while the
 * program runs; an array of hash maps with two inner maps from the start, and a hash of arrays. */
#include "include/net.h"

struct inner_hash {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 256);
    __type(key, __be32);
    __type(value, __u64);
} tenant_a SEC(".maps"), tenant_b SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 8);
    __type(key, __u32);
    __array(values, struct inner_hash);
} tenants SEC(".maps") = {
    .values = { [0] = &tenant_a, [3] = &tenant_b },
};

struct inner_array {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 256);
    __type(key, __u32);
    __type(value, __u64);
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
    __uint(max_entries, 64);
    __type(key, __u32);
    __array(values, struct inner_array);
} protocols SEC(".maps");

SEC("xdp")
int count_for_tenant(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    __u32 tenant = ctx->rx_queue_index & 7, interface = ctx->ingress_ifindex, protocol;
    struct ethhdr *eth;
    struct iphdr *ip;
    __be32 source;
    __u64 *count;
    void *inner;

    if (cursor_ethernet(&cursor, &eth) != bpf_htons(ETH_P_IP))
        return XDP_PASS;
    ip = cursor_ipv4(&cursor);
    if (!ip)
        return XDP_DROP;
    source = ip->saddr;
    protocol = ip->protocol;

    inner = bpf_map_lookup_elem(&tenants, &tenant);
    if (inner)
        map_add(inner, &source, 1);
    inner = bpf_map_lookup_elem(&protocols, &interface);
    if (!inner)
        return XDP_PASS;
    count = bpf_map_lookup_elem(inner, &protocol);
    if (count)
        __sync_fetch_and_add(count, 1);
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
