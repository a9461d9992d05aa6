/* Answers pings from the driver: turns an echo request, IPv4 or IPv6, into its reply and sends it back. */
#include "include/net.h"

#define ICMP_ECHOREPLY 0
#define ICMP_ECHO 8
#define ICMPV6_ECHO_REQUEST 128
#define ICMPV6_ECHO_REPLY 129

static __u64 answered;

static __always_inline int reply_ipv4(struct cursor *cursor, struct ethhdr *eth)
{
    struct iphdr *ip = cursor_ipv4(cursor);
    struct icmphdr *icmp;
    __be32 address;

    if (!ip || ip->protocol != IPPROTO_ICMP)
        return XDP_PASS;
    icmp = cursor_take(cursor, sizeof(*icmp));
    if (!icmp || icmp->type != ICMP_ECHO || icmp->code)
        return XDP_PASS;
    icmp->type = ICMP_ECHOREPLY;
    csum_replace2(&icmp->checksum, bpf_htons(ICMP_ECHO << 8), bpf_htons(ICMP_ECHOREPLY << 8));
    address = ip->saddr;
    ip->saddr = ip->daddr;
    ip->daddr = address;
    swap_ethernet(eth);
    __sync_fetch_and_add(&answered, 1);
    return XDP_TX;
}

static __always_inline int reply_ipv6(struct cursor *cursor, struct ethhdr *eth)
{
    struct ipv6hdr *ip = cursor_take(cursor, sizeof(*ip));
    struct icmphdr *icmp;
    struct in6_addr address;

    if (!ip || ip->nexthdr != IPPROTO_ICMPV6)
        return XDP_PASS;
    icmp = cursor_take(cursor, sizeof(*icmp));
    if (!icmp || icmp->type != ICMPV6_ECHO_REQUEST || icmp->code)
        return XDP_PASS;
    icmp->type = ICMPV6_ECHO_REPLY;
    csum_replace2(&icmp->checksum, bpf_htons(ICMPV6_ECHO_REQUEST << 8), bpf_htons(ICMPV6_ECHO_REPLY << 8));
    address = ip->saddr;
    ip->saddr = ip->daddr;
    ip->daddr = address;
    swap_ethernet(eth);
    __sync_fetch_and_add(&answered, 1);
    return XDP_TX;
}

SEC("xdp")
int answer_echo(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct ethhdr *eth;

    switch (cursor_ethernet(&cursor, &eth)) {
    case bpf_htons(ETH_P_IP):
        return reply_ipv4(&cursor, eth);
    case bpf_htons(ETH_P_IPV6):
        return reply_ipv6(&cursor, eth);
    default:
        return XDP_PASS;
    }
}

char LICENSE[] SEC("license") = "GPL";
