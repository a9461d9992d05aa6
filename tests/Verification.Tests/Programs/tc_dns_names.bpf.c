/* Which names are asked for: copies a DNS question out of the packet, turns its labels into a dotted name, and counts
 * the name. */
#include "include/net.h"

#define DNS_HEADER 12
#define NAME_LENGTH 64

struct name {
    char text[NAME_LENGTH];
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 4096);
    __type(key, struct name);
    __type(value, __u64);
} asked SEC(".maps");

static __always_inline int read_name(struct __sk_buff *skb, __u32 offset, struct name *name)
{
    __u8 raw[NAME_LENGTH] = {};
    __u64 available = skb->len; /* 64 bits: a 32-bit length is compared in a copy, and the kernel would not know */
    __u32 left;

    if (offset >= available)
        return -1;
    available -= offset;
    if (available > NAME_LENGTH)
        available = NAME_LENGTH;
    if (available < 2)
        return -1;
    if (bpf_skb_load_bytes(skb, offset, raw, available))
        return -1;

    left = raw[0];
    for (int i = 1; i < NAME_LENGTH; i++) {
        __u8 byte = raw[i];

        if (left == 0) {
            if (byte == 0)
                return 0;
            if (byte > 63)
                return -1;
            left = byte;
            name->text[i - 1] = '.';
        } else {
            left--;
            name->text[i - 1] = byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
        }
    }
    return 0; /* cut off */
}

SEC("tc")
int count_names(struct __sk_buff *skb)
{
    struct iphdr ip;
    struct udphdr udp;
    struct name name = {};
    __u32 offset = sizeof(struct ethhdr);

    if (skb->protocol != bpf_htons(ETH_P_IP))
        return TC_ACT_UNSPEC;
    if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)) || ip.protocol != IPPROTO_UDP || ip.ihl < 5)
        return TC_ACT_UNSPEC;
    offset += ip.ihl * 4;
    if (bpf_skb_load_bytes(skb, offset, &udp, sizeof(udp)) || udp.dest != bpf_htons(53))
        return TC_ACT_UNSPEC;
    offset += sizeof(udp) + DNS_HEADER;
    if (read_name(skb, offset, &name) == 0)
        map_add(&asked, &name, 1);
    return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "GPL";
