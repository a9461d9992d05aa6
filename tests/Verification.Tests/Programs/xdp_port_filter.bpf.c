/* A firewall of two bitmaps of ports, for TCP and for UDP, and of flag combinations that no honest TCP sends. Bits are
 * in an array map whose one value holds both bitmaps. */
#include "include/net.h"

struct bitmaps {
    __u64 tcp[65536 / 64];
    __u64 udp[65536 / 64];
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct bitmaps);
} open_ports SEC(".maps");

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define PSH 0x08
#define ACK 0x10
#define URG 0x20

static __always_inline bool are_flags_odd(__u8 flags)
{
    if ((flags & (SYN | FIN)) == (SYN | FIN) || (flags & (SYN | RST)) == (SYN | RST))
        return true;
    if ((flags & (FIN | RST)) == (FIN | RST))
        return true;
    if ((flags & (FIN | PSH | URG)) && !(flags & ACK))
        return true;
    return (flags & 0x3f) == 0;
}

SEC("xdp")
int filter_ports(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct bitmaps *bitmaps;
    struct ethhdr *eth;
    struct iphdr *ip;
    __u32 zero = 0;
    __u16 port;

    if (cursor_ethernet(&cursor, &eth) != bpf_htons(ETH_P_IP))
        return XDP_PASS;
    ip = cursor_ipv4(&cursor);
    if (!ip)
        return XDP_DROP;
    if (ip->frag_off & bpf_htons(IP_OFFSET | IP_MF))
        return XDP_DROP;
    bitmaps = bpf_map_lookup_elem(&open_ports, &zero);
    if (!bitmaps)
        return XDP_ABORTED;

    if (ip->protocol == IPPROTO_TCP) {
        struct tcphdr *tcp = cursor_take(&cursor, sizeof(*tcp));

        if (!tcp || are_flags_odd(((__u8 *)tcp)[13]))
            return XDP_DROP;
        if (tcp->ack)
            return XDP_PASS;
        port = bpf_ntohs(tcp->dest);
        return bitmaps->tcp[port / 64] & (1ULL << (port % 64)) ? XDP_PASS : XDP_DROP;
    }
    if (ip->protocol == IPPROTO_UDP) {
        struct udphdr *udp = cursor_take(&cursor, sizeof(*udp));

        if (!udp)
            return XDP_DROP;
        port = bpf_ntohs(udp->dest);
        return bitmaps->udp[port / 64] & (1ULL << (port % 64)) ? XDP_PASS : XDP_DROP;
    }
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
