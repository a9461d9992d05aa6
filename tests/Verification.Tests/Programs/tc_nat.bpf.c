/* Source NAT on the way out, and back again on the way in: two programs that rewrite addresses and ports with the
 * helpers that also repair checksums. */
#include "include/net.h"

#define IP_AT(field) (sizeof(struct ethhdr) + offsetof(struct iphdr, field))
#define L4_AT(field) (sizeof(struct ethhdr) + sizeof(struct iphdr) + (field))

struct tuple {
    __be32 address;
    __be16 port;
    __u8 protocol;
    __u8 zero;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 32768);
    __type(key, struct tuple);
    __type(value, struct tuple);
} outward SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 32768);
    __type(key, struct tuple);
    __type(value, struct tuple);
} inward SEC(".maps");

const volatile __be32 public_address = 0x017112cb;
const volatile __u16 first_port = 32768;

static __always_inline int parse(struct __sk_buff *skb, bool is_source, struct tuple *tuple)
{
    struct cursor cursor = skb_cursor(skb);
    struct ethhdr *eth = cursor_take(&cursor, sizeof(*eth));
    struct iphdr *ip;
    struct udphdr *ports;

    if (!eth || eth->h_proto != bpf_htons(ETH_P_IP))
        return -1;
    ip = cursor_take(&cursor, sizeof(*ip));
    if (!ip || ip->ihl != 5)
        return -1;
    if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
        return -1;
    ports = cursor_take(&cursor, sizeof(*ports));
    if (!ports)
        return -1;
    tuple->address = is_source ? ip->saddr : ip->daddr;
    tuple->port = is_source ? ports->source : ports->dest;
    tuple->protocol = ip->protocol;
    return 0;
}

static __always_inline int rewrite(struct __sk_buff *skb, const struct tuple *from, const struct tuple *to,
                                   __u32 address_at, __u32 port_at)
{
    __u32 check_at = from->protocol == IPPROTO_TCP ? L4_AT(offsetof(struct tcphdr, check)) : L4_AT(offsetof(struct udphdr, check));
    __be32 address = to->address;
    __be16 port = to->port;

    if (bpf_l4_csum_replace(skb, check_at, from->address, address, BPF_F_PSEUDO_HDR | sizeof(address)))
        return TC_ACT_SHOT;
    if (bpf_l4_csum_replace(skb, check_at, from->port, port, sizeof(port)))
        return TC_ACT_SHOT;
    if (bpf_l3_csum_replace(skb, IP_AT(check), from->address, address, sizeof(address)))
        return TC_ACT_SHOT;
    if (bpf_skb_store_bytes(skb, address_at, &address, sizeof(address), 0))
        return TC_ACT_SHOT;
    if (bpf_skb_store_bytes(skb, port_at, &port, sizeof(port), 0))
        return TC_ACT_SHOT;
    return TC_ACT_OK;
}

SEC("tc")
int nat_out(struct __sk_buff *skb)
{
    struct tuple inside = {}, outside = {}, *known;

    if (parse(skb, true, &inside))
        return TC_ACT_OK;
    known = bpf_map_lookup_elem(&outward, &inside);
    if (known) {
        outside = *known;
    } else {
        outside.address = public_address;
        outside.port = bpf_htons(first_port + (bpf_get_prandom_u32() & 0x3fff));
        outside.protocol = inside.protocol;
        if (bpf_map_update_elem(&inward, &outside, &inside, BPF_NOEXIST))
            return TC_ACT_SHOT; /* the port is taken: the sender tries again */
        bpf_map_update_elem(&outward, &inside, &outside, BPF_ANY);
    }
    return rewrite(skb, &inside, &outside, IP_AT(saddr), L4_AT(offsetof(struct udphdr, source)));
}

SEC("tc")
int nat_in(struct __sk_buff *skb)
{
    struct tuple outside = {}, inside, *known;

    if (parse(skb, false, &outside))
        return TC_ACT_OK;
    known = bpf_map_lookup_elem(&inward, &outside);
    if (!known)
        return TC_ACT_OK;
    inside = *known;
    return rewrite(skb, &outside, &inside, IP_AT(daddr), L4_AT(offsetof(struct udphdr, dest)));
}

char LICENSE[] SEC("license") = "GPL";
