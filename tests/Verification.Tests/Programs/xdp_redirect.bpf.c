/* Spreads packets over CPUs by the hash of their addresses, or sends them out through a port by their destination. */
#include "include/net.h"

#define MAX_CPUS 64

struct cpu_queue {
    __u32 size;
};

struct {
    __uint(type, BPF_MAP_TYPE_CPUMAP);
    __uint(max_entries, MAX_CPUS);
    __type(key, __u32);
    __type(value, struct cpu_queue);
} cpus SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_DEVMAP);
    __uint(max_entries, 128);
    __type(key, __u32);
    __type(value, __u32);
} ports SEC(".maps");

struct station {
    __u8 mac[ETH_ALEN];
    __u16 vlan;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 8192);
    __type(key, struct station);
    __type(value, __u32);
} stations SEC(".maps");

const volatile __u32 cpu_count = 4;

SEC("xdp")
int spread_over_cpus(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct ethhdr *eth;
    int protocol = cursor_ethernet(&cursor, &eth);
    __u32 hash = 0;

    if (protocol == bpf_htons(ETH_P_IP)) {
        struct iphdr *ip = cursor_ipv4(&cursor);

        if (ip)
            hash = jhash_3words(ip->saddr, ip->daddr, ip->protocol, 0);
    } else if (protocol == bpf_htons(ETH_P_IPV6)) {
        struct ipv6hdr *ip = cursor_take(&cursor, sizeof(*ip));

        if (ip) {
            hash = jhash_3words(ip->saddr.u6_addr32[2], ip->saddr.u6_addr32[3], ip->nexthdr, 0);
            hash = jhash_3words(ip->daddr.u6_addr32[2], ip->daddr.u6_addr32[3], hash, 0);
        }
    }
    return bpf_redirect_map(&cpus, hash % (cpu_count ?: 1), XDP_PASS);
}

/* A bridge that learns: remembers behind which port a station is, floods by handing the packet to the stack. */
SEC("xdp")
int bridge(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct ethhdr *eth = cursor_take(&cursor, sizeof(*eth));
    struct station station = {};
    __u32 port = ctx->ingress_ifindex, *known;

    if (!eth)
        return XDP_DROP;
    if (eth->h_proto == bpf_htons(ETH_P_8021Q)) {
        struct vlan_hdr *tag = cursor_take(&cursor, sizeof(*tag));

        if (!tag)
            return XDP_DROP;
        station.vlan = bpf_ntohs(tag->h_vlan_TCI) & 0xfff;
    }
    __builtin_memcpy(station.mac, eth->h_source, ETH_ALEN);
    known = bpf_map_lookup_elem(&stations, &station);
    if (!known || *known != port)
        bpf_map_update_elem(&stations, &station, &port, BPF_ANY);

    __builtin_memcpy(station.mac, eth->h_dest, ETH_ALEN);
    if (station.mac[0] & 1)
        return XDP_PASS;
    known = bpf_map_lookup_elem(&stations, &station);
    if (!known)
        return XDP_PASS;
    return *known == port ? XDP_DROP : bpf_redirect_map(&ports, *known, 0);
}

char LICENSE[] SEC("license") = "GPL";
