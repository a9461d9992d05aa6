/* Map values with a lock: transfers between accounts, a moving average whose parts must fit together, and a copy of a
 * value taken under its lock. */
#include "include/net.h"

struct account {
    struct bpf_spin_lock lock;
    __u32 generation;
    __u64 bytes;
    __u64 packets;
    __u64 average; /* of the packet's length, in 1/256 bytes */
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, struct account);
} accounts SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 2);
    __type(key, __u32);
    __type(value, struct account);
} totals SEC(".maps");

static __always_inline void add_packet(struct account *account, __u32 length)
{
    bpf_spin_lock(&account->lock);
    account->bytes += length;
    account->packets++;
    account->average += ((__s64)((__u64)length << 8) - (__s64)account->average) >> 3;
    account->generation++;
    bpf_spin_unlock(&account->lock);
}

SEC("tc")
int account_packet(struct __sk_buff *skb)
{
    __u32 index = skb->ifindex, zero = 0, length = skb->len;
    struct account *account = bpf_map_lookup_elem(&accounts, &index), *total;
    __u64 average, packets;

    if (!account) {
        struct account fresh = {};

        bpf_map_update_elem(&accounts, &index, &fresh, BPF_NOEXIST);
        account = bpf_map_lookup_elem(&accounts, &index);
        if (!account)
            return TC_ACT_OK;
    }
    add_packet(account, length);

    bpf_spin_lock(&account->lock);
    if (account->packets < 16) {
        bpf_spin_unlock(&account->lock);
        return TC_ACT_OK;
    }
    average = account->average;
    packets = account->packets;
    account->packets = 0;
    bpf_spin_unlock(&account->lock);

    total = bpf_map_lookup_elem(&totals, &zero);
    if (!total)
        return TC_ACT_OK;
    bpf_spin_lock(&total->lock);
    total->packets += packets;
    total->average = (total->average + average) / 2;
    bpf_spin_unlock(&total->lock);
    return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
