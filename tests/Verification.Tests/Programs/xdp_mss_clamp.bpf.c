/* Walks the options of TCP SYN packets and lowers the maximum segment size to what the tunnel behind us can carry,
 * repairing the checksum. */
#include "include/net.h"

#define OPTION_END 0
#define OPTION_NOP 1
#define OPTION_MSS 2
#define MAX_OPTIONS 12

const volatile __u16 max_mss = 1360;

__u64 clamped;
__u64 malformed;

SEC("xdp")
int clamp_mss(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct ethhdr *eth;
    struct iphdr *ip;
    struct tcphdr *tcp;
    __u8 *option;
    __u32 offset = 0, length;

    if (cursor_ethernet(&cursor, &eth) != bpf_htons(ETH_P_IP))
        return XDP_PASS;
    ip = cursor_ipv4(&cursor);
    if (!ip || ip->protocol != IPPROTO_TCP || (ip->frag_off & bpf_htons(IP_OFFSET)))
        return XDP_PASS;
    tcp = cursor_take(&cursor, sizeof(*tcp));
    if (!tcp || !tcp->syn)
        return XDP_PASS;
    length = tcp->doff * 4;
    if (length <= sizeof(*tcp))
        return XDP_PASS;
    length -= sizeof(*tcp);

    for (int i = 0; i < MAX_OPTIONS; i++) {
        __u8 kind, size;

        if (offset >= length || offset > 40)
            break;
        option = cursor.pos + offset;
        if ((void *)(option + 1) > cursor.end)
            goto bad;
        kind = option[0];
        if (kind == OPTION_END)
            break;
        if (kind == OPTION_NOP) {
            offset++;
            continue;
        }
        if ((void *)(option + 2) > cursor.end)
            goto bad;
        size = option[1];
        if (size < 2)
            goto bad;
        if (kind == OPTION_MSS) {
            __be16 old, new;

            if (size != 4 || (void *)(option + 4) > cursor.end)
                goto bad;
            old = *(__be16 *)(option + 2);
            if (bpf_ntohs(old) <= max_mss)
                break;
            new = bpf_htons(max_mss);
            *(__be16 *)(option + 2) = new;
            /* Options may begin at an odd byte, and the sum counts pairs from the segment's start. */
            if (offset & 1)
                csum_replace2(&tcp->check, bpf_htons(old), bpf_htons(new));
            else
                csum_replace2(&tcp->check, old, new);
            __sync_fetch_and_add(&clamped, 1);
            break;
        }
        offset += size;
    }
    return XDP_PASS;
bad:
    __sync_fetch_and_add(&malformed, 1);
    return XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
