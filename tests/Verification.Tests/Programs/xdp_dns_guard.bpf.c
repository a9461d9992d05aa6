/* Guards a name server: parses the question of every query, drops those for type ANY and those whose name is malformed,
 * and sends names that are asked too often to TCP by an empty answer with the truncation bit. */
#include "include/net.h"

#define MAX_NAME 64
#define DNS_PORT 53
#define TYPE_ANY 255

struct dnshdr {
    __be16 id;
    __be16 flags;
    __be16 questions;
    __be16 answers;
    __be16 authorities;
    __be16 additional;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 16384);
    __type(key, __u64);
    __type(value, __u64);
} queries SEC(".maps");

const volatile __u64 queries_before_truncation = 10000;

/* FNV-1a over the name in lower case; the cursor is behind it then. 0 when it is malformed. */
static __always_inline __u64 hash_name(struct cursor *cursor)
{
    __u64 hash = 0xcbf29ce484222325;
    __u32 label = 0;

    for (int i = 0; i < MAX_NAME; i++) {
        __u8 *byte = cursor_take(cursor, 1);
        __u8 value;

        if (!byte)
            return 0;
        value = *byte;
        if (label == 0) {
            if (value == 0)
                return hash;
            if (value > 63)
                return 0;
            label = value;
        } else {
            label--;
            if (value >= 'A' && value <= 'Z')
                value += 'a' - 'A';
        }
        hash = (hash ^ value) * 0x100000001b3;
    }
    return 0;
}

SEC("xdp")
int guard_dns(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct ethhdr *eth;
    struct iphdr *ip;
    struct udphdr *udp;
    struct dnshdr *dns;
    __be16 *question, port;
    __be32 address;
    __u64 hash, *count;

    if (cursor_ethernet(&cursor, &eth) != bpf_htons(ETH_P_IP))
        return XDP_PASS;
    ip = cursor_ipv4(&cursor);
    if (!ip || ip->protocol != IPPROTO_UDP)
        return XDP_PASS;
    udp = cursor_take(&cursor, sizeof(*udp));
    if (!udp || udp->dest != bpf_htons(DNS_PORT))
        return XDP_PASS;
    dns = cursor_take(&cursor, sizeof(*dns));
    if (!dns || (dns->flags & bpf_htons(0x8000)) || dns->questions != bpf_htons(1))
        return XDP_DROP;
    hash = hash_name(&cursor);
    question = cursor_take(&cursor, 4);
    if (!hash || !question || question[0] == bpf_htons(TYPE_ANY))
        return XDP_DROP;

    map_add(&queries, &hash, 1);
    count = bpf_map_lookup_elem(&queries, &hash);
    if (!count || *count < queries_before_truncation)
        return XDP_PASS;
    dns->flags |= bpf_htons(0x8200);
    address = ip->saddr;
    ip->saddr = ip->daddr;
    ip->daddr = address;
    port = udp->source;
    udp->source = udp->dest;
    udp->dest = port;
    udp->check = 0;
    swap_ethernet(eth);
    return XDP_TX;
}

char LICENSE[] SEC("license") = "GPL";
