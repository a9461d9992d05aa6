/* Drops packets whose source is in a list of addresses or in a list of networks, and counts them by reason. */
#include "include/net.h"

struct lpm_key4 {
    __u32 prefixlen;
    __u8 address[4];
};

struct lpm_key6 {
    __u32 prefixlen;
    __u8 address[16];
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 65536);
    __type(key, __be32);
    __type(value, __u64);
} blocked_hosts SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(max_entries, 4096);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct lpm_key4);
    __type(value, __u32);
} blocked_networks4 SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(max_entries, 4096);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct lpm_key6);
    __type(value, __u32);
} blocked_networks6 SEC(".maps");

static __u64 drops_by_reason[16];

static __always_inline int drop_for(__u32 reason)
{
    __sync_fetch_and_add(&drops_by_reason[reason & 15], 1);
    return XDP_DROP;
}

SEC("xdp")
int block(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct ethhdr *eth;
    int protocol = cursor_ethernet(&cursor, &eth);

    if (protocol == bpf_htons(ETH_P_IP)) {
        struct iphdr *ip = cursor_ipv4(&cursor);
        struct lpm_key4 key = { .prefixlen = 32 };
        __be32 source;
        __u64 *hits;
        __u32 *reason;

        if (!ip)
            return drop_for(0);
        source = ip->saddr;
        hits = bpf_map_lookup_elem(&blocked_hosts, &source);
        if (hits) {
            __sync_fetch_and_add(hits, 1);
            return drop_for(1);
        }
        __builtin_memcpy(key.address, &source, sizeof(key.address));
        reason = bpf_map_lookup_elem(&blocked_networks4, &key);
        return reason ? drop_for(*reason) : XDP_PASS;
    }
    if (protocol == bpf_htons(ETH_P_IPV6)) {
        struct ipv6hdr *ip6 = cursor_take(&cursor, sizeof(*ip6));
        struct lpm_key6 key = { .prefixlen = 128 };
        __u32 *reason;

        if (!ip6)
            return drop_for(0);
        __builtin_memcpy(key.address, &ip6->saddr, sizeof(key.address));
        reason = bpf_map_lookup_elem(&blocked_networks6, &key);
        return reason ? drop_for(*reason) : XDP_PASS;
    }
    return protocol < 0 ? drop_for(0) : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
