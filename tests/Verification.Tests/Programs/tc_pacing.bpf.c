/* Paces what is sent, by earliest departure time: each destination has a rate, packets get the time at which their turn
 * comes, and what would wait for too long is dropped. A second program pushes and pops VLAN tags by mark. */
#include "include/net.h"

#define NSEC_PER_SEC 1000000000ULL
#define HORIZON_NS (2 * NSEC_PER_SEC)

struct pace {
    __u64 bytes_per_second;
    __u64 next;
    __u64 dropped;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 4096);
    __type(key, __be32);
    __type(value, struct pace);
} paces SEC(".maps");

SEC("tc")
int pace_packets(struct __sk_buff *skb)
{
    struct cursor cursor = skb_cursor(skb);
    struct ethhdr *eth;
    struct iphdr *ip;
    struct pace *pace;
    __be32 destination;
    __u64 now, rate, delay, departure;

    if (cursor_ethernet(&cursor, &eth) != bpf_htons(ETH_P_IP))
        return TC_ACT_OK;
    ip = cursor_ipv4(&cursor);
    if (!ip)
        return TC_ACT_OK;
    destination = ip->daddr;
    pace = bpf_map_lookup_elem(&paces, &destination);
    if (!pace)
        return TC_ACT_OK;
    rate = pace->bytes_per_second;
    if (rate == 0)
        return TC_ACT_SHOT;
    now = bpf_ktime_get_ns();
    delay = skb->wire_len * NSEC_PER_SEC / rate;
    departure = pace->next;
    if (departure < now)
        departure = now;
    if (departure - now > HORIZON_NS) {
        __sync_fetch_and_add(&pace->dropped, 1);
        return TC_ACT_SHOT;
    }
    pace->next = departure + delay;
    if (skb->tstamp < departure)
        skb->tstamp = departure;
    return TC_ACT_OK;
}

SEC("tc")
int tag_by_mark(struct __sk_buff *skb)
{
    __u32 number = skb->mark & 0xfff;

    if (skb->vlan_present) {
        if ((skb->vlan_tci & 0xfff) == number)
            return TC_ACT_OK;
        if (bpf_skb_vlan_pop(skb))
            return TC_ACT_SHOT;
    }
    if (number && bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), number))
        return TC_ACT_SHOT;
    skb->cb[0] = bpf_get_hash_recalc(skb);
    return number ? bpf_redirect(skb->ifindex, 0) : TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
