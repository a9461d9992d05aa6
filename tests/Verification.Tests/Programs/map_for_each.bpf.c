/* Walks maps by bpf_for_each_map_elem: ages entries of a hash map and deletes the old ones, sums an array, finds the
 * busiest slot of a per-CPU array. */
#include "include/net.h"

struct entry {
    __u64 last_seen;
    __u64 packets;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __be32);
    __type(value, struct entry);
} entries SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 32);
    __type(key, __u32);
    __type(value, __u64);
} history SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 16);
    __type(key, __u32);
    __type(value, __u64);
} load SEC(".maps");

struct sweep {
    __u64 now;
    __u32 kept;
    __u32 deleted;
    __u64 packets;
};

__u64 last_sweep;
__u32 busiest;

static long sweep_entry(void *map, const __be32 *address, struct entry *entry, struct sweep *sweep)
{
    if (sweep->now - entry->last_seen > 60000000000ULL) {
        bpf_map_delete_elem(map, address);
        sweep->deleted++;
        return 0;
    }
    sweep->kept++;
    sweep->packets += entry->packets;
    return sweep->kept >= 1000;
}

static long add_history(void *map, const __u32 *index, __u64 *value, __u64 *sum)
{
    *sum += *value * (*index + 1);
    return 0;
}

struct maximum {
    __u64 value;
    __u32 index;
};

static long find_busiest(void *map, const __u32 *index, __u64 *value, struct maximum *most)
{
    if (*value > most->value) {
        most->value = *value;
        most->index = *index;
    }
    return 0;
}

SEC("tc")
int sweep(struct __sk_buff *skb)
{
    struct sweep state = { .now = bpf_ktime_get_ns() };
    struct maximum most = {};
    __u32 slot = skb->queue_mapping & 15;
    __u64 sum = 0, *count = bpf_map_lookup_elem(&load, &slot);

    if (count)
        (*count)++;
    if (state.now - last_sweep < 1000000000ULL)
        return TC_ACT_OK;
    last_sweep = state.now;
    bpf_for_each_map_elem(&entries, sweep_entry, &state, 0);
    slot = state.now / 1000000000ULL & 31;
    bpf_map_update_elem(&history, &slot, &state.packets, BPF_ANY);
    bpf_for_each_map_elem(&history, add_history, &sum, 0);
    bpf_for_each_map_elem(&load, find_busiest, &most, 0);
    busiest = most.index;
    skb->mark = sum;
    return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
