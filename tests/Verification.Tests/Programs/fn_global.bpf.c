/* Global functions, which the kernel verifies one by one from their signatures: numbers, pointers to structs that may be
 * null, the context; called from two programs, and from each other. */
#include "include/net.h"

struct flow {
    __be32 source;
    __be32 destination;
    __be16 ports[2];
    __u8 protocol;
    __u8 padding[3];
};

struct score {
    __u32 points;
    __u32 reasons;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 4096);
    __type(key, struct flow);
    __type(value, struct score);
} scores SEC(".maps");

const volatile __u32 limit = 100;

__noinline __u32 hash_flow(const struct flow *flow)
{
    if (!flow)
        return 0;
    return jhash_3words(flow->source, flow->destination, (__u32)flow->ports[0] << 16 | flow->ports[1], flow->protocol);
}

__noinline int add_points(struct score *score, __u32 points, __u32 reason)
{
    if (!score)
        return -1;
    score->points += points;
    score->reasons |= 1u << (reason & 31);
    return score->points > limit;
}

__noinline int is_private(__be32 address)
{
    __u32 host = bpf_ntohl(address);

    return host >> 24 == 10 || host >> 20 == 0xac1 || host >> 16 == 0xc0a8;
}

__noinline int judge(const struct flow *flow, struct score *score)
{
    int is_over = 0;

    if (!flow || !score)
        return 0;
    if (is_private(flow->source) && !is_private(flow->destination))
        is_over |= add_points(score, 1, 0);
    if (flow->ports[1] == bpf_htons(23))
        is_over |= add_points(score, 50, 1);
    if (flow->protocol != IPPROTO_TCP && flow->protocol != IPPROTO_UDP)
        is_over |= add_points(score, 5, 2);
    if ((hash_flow(flow) & 0xff) == 0)
        is_over |= add_points(score, 10, 3);
    return is_over > 0;
}

__noinline int load_flow(struct __sk_buff *skb, struct flow *flow)
{
    struct iphdr ip;

    if (!flow)
        return -1;
    if (bpf_skb_load_bytes(skb, sizeof(struct ethhdr), &ip, sizeof(ip)) || ip.version != 4)
        return -1;
    flow->source = ip.saddr;
    flow->destination = ip.daddr;
    flow->protocol = ip.protocol;
    return bpf_skb_load_bytes(skb, sizeof(struct ethhdr) + ip.ihl * 4, flow->ports, sizeof(flow->ports));
}

SEC("tc")
int judge_flow(struct __sk_buff *skb)
{
    struct score fresh = {}, *score;
    struct flow flow = {};

    if (load_flow(skb, &flow))
        return TC_ACT_OK;
    score = bpf_map_lookup_elem(&scores, &flow);
    if (score)
        return judge(&flow, score) ? TC_ACT_SHOT : TC_ACT_OK;
    judge(&flow, &fresh);
    bpf_map_update_elem(&scores, &flow, &fresh, BPF_NOEXIST);
    return TC_ACT_OK;
}

SEC("tc")
int mark_flow(struct __sk_buff *skb)
{
    struct flow flow = {};

    if (!load_flow(skb, &flow))
        skb->mark = hash_flow(&flow);
    return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
