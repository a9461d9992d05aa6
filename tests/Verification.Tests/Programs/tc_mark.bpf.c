/* Marks packets by their service class, for routing rules and queues: pulls the headers in, reads them directly, looks
 * the ports up in a table of ranges that user space writes before loading. */
#include "include/net.h"

struct range {
    __u16 first;
    __u16 last;
    __u8 protocol;
    __u8 class;
};

const volatile struct range ranges[8] = {
    { 22, 22, IPPROTO_TCP, 1 },
    { 53, 53, IPPROTO_UDP, 1 },
    { 80, 80, IPPROTO_TCP, 2 },
    { 443, 443, IPPROTO_TCP, 2 },
    { 5060, 5061, IPPROTO_UDP, 3 },
    { 16384, 32767, IPPROTO_UDP, 3 },
};

const volatile __u32 mark_mask = 0xff00;

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 256);
    __type(key, __u32);
    __type(value, __u64);
} bytes_by_class SEC(".maps");

static __noinline __u32 class_of(__u8 protocol, __u16 port)
{
    for (int i = 0; i < ARRAY_SIZE(ranges); i++) {
        if (ranges[i].protocol == protocol && port >= ranges[i].first && port <= ranges[i].last)
            return ranges[i].class;
    }
    return 0;
}

SEC("tc")
int mark_class(struct __sk_buff *skb)
{
    struct cursor cursor;
    struct ethhdr *eth;
    struct iphdr *ip;
    struct udphdr *ports;
    __u32 class;
    __u64 *bytes;

    if (skb->protocol != bpf_htons(ETH_P_IP))
        return TC_ACT_OK;
    if (bpf_skb_pull_data(skb, sizeof(*eth) + sizeof(*ip) + sizeof(*ports)))
        return TC_ACT_OK;
    cursor = skb_cursor(skb);
    if (cursor_ethernet(&cursor, &eth) != bpf_htons(ETH_P_IP))
        return TC_ACT_OK;
    ip = cursor_ipv4(&cursor);
    if (!ip || (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP))
        return TC_ACT_OK;
    ports = cursor_take(&cursor, sizeof(*ports));
    if (!ports)
        return TC_ACT_OK;

    class = class_of(ip->protocol, bpf_ntohs(ports->dest));
    if (!class)
        class = class_of(ip->protocol, bpf_ntohs(ports->source));
    skb->mark = (skb->mark & ~mark_mask) | ((class << 8) & mark_mask);
    skb->priority = class;
    bytes = bpf_map_lookup_elem(&bytes_by_class, &class);
    if (bytes)
        *bytes += skb->len;
    return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
