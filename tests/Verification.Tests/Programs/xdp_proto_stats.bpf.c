/* Counts packets and bytes by protocol, on each CPU by itself: Ethernet, VLAN, IPv4, IPv6, TCP, UDP, ICMP. */
#include "include/net.h"

enum slot { SLOT_BAD, SLOT_ARP, SLOT_OTHER, SLOT_TCP, SLOT_UDP, SLOT_ICMP, SLOT_IP_OTHER, SLOTS };

struct traffic {
    __u64 packets;
    __u64 bytes;
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, SLOTS);
    __type(key, __u32);
    __type(value, struct traffic);
} traffic_by_slot SEC(".maps");

static __always_inline __u32 slot_of_protocol(__u8 protocol)
{
    switch (protocol) {
    case IPPROTO_TCP:
        return SLOT_TCP;
    case IPPROTO_UDP:
        return SLOT_UDP;
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
        return SLOT_ICMP;
    default:
        return SLOT_IP_OTHER;
    }
}

static __always_inline __u32 classify(struct cursor *cursor)
{
    struct ethhdr *eth;
    struct iphdr *ip;
    struct ipv6hdr *ip6;

    switch (cursor_ethernet(cursor, &eth)) {
    case bpf_htons(ETH_P_IP):
        ip = cursor_ipv4(cursor);
        return ip ? slot_of_protocol(ip->protocol) : SLOT_BAD;
    case bpf_htons(ETH_P_IPV6):
        ip6 = cursor_take(cursor, sizeof(*ip6));
        return ip6 ? slot_of_protocol(ip6->nexthdr) : SLOT_BAD;
    case bpf_htons(ETH_P_ARP):
        return SLOT_ARP;
    case -1:
        return SLOT_BAD;
    default:
        return SLOT_OTHER;
    }
}

SEC("xdp")
int count_protocols(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    __u64 length = ctx->data_end - ctx->data;
    __u32 slot = classify(&cursor);
    struct traffic *traffic = bpf_map_lookup_elem(&traffic_by_slot, &slot);

    if (!traffic)
        return XDP_ABORTED;
    traffic->packets++;
    traffic->bytes += length;
    return slot == SLOT_BAD ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
