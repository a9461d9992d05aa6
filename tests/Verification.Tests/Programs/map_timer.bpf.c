/* Flows that end by themselves: a timer in each map value, started anew by every packet, whose callback deletes the
 * element when it fires. */
#include "include/net.h"

#define CLOCK_MONOTONIC 1

struct flow {
    struct bpf_timer timer;
    __u64 packets;
    __u64 is_closing;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, struct flow);
} flows SEC(".maps");

const volatile __u64 idle_ns = 30000000000ULL;
__u64 expired;

static int expire(void *map, __u32 *key, struct flow *flow)
{
    if (flow->packets) {
        flow->packets = 0;
        bpf_timer_start(&flow->timer, idle_ns, 0);
        return 0;
    }
    __sync_fetch_and_add(&expired, 1);
    bpf_map_delete_elem(map, key);
    return 0;
}

SEC("tc")
int follow_flow(struct __sk_buff *skb)
{
    __u32 hash = bpf_get_hash_recalc(skb);
    struct flow *flow = bpf_map_lookup_elem(&flows, &hash), fresh = {};

    if (flow) {
        __sync_fetch_and_add(&flow->packets, 1);
        return TC_ACT_OK;
    }
    bpf_map_update_elem(&flows, &hash, &fresh, BPF_NOEXIST);
    flow = bpf_map_lookup_elem(&flows, &hash);
    if (!flow)
        return TC_ACT_OK;
    if (bpf_timer_init(&flow->timer, &flows, CLOCK_MONOTONIC))
        return TC_ACT_OK;
    bpf_timer_set_callback(&flow->timer, expire);
    bpf_timer_start(&flow->timer, idle_ns, 0);
    return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
