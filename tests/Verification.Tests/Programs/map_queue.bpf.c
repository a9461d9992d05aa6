/* A queue and a stack map: free ports are handed out from the stack and come back through a queue, in which they rest
 * until they are old enough; a bloom filter tells what was never seen. */
#include "include/net.h"

struct resting {
    __u64 since;
    __u32 port;
    __u32 padding;
};

struct {
    __uint(type, BPF_MAP_TYPE_STACK);
    __uint(max_entries, 4096);
    __type(value, __u32);
} free_ports SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_QUEUE);
    __uint(max_entries, 4096);
    __type(value, struct resting);
} resting_ports SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
    __uint(max_entries, 10000);
    __type(value, __u32);
} seen SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 8192);
    __type(key, __u32);
    __type(value, __u32);
} ports_by_flow SEC(".maps");

const volatile __u64 rest_ns = 2000000000ULL;
__u64 exhausted;

static __noinline int wake_ports(__u64 now)
{
    int woken = 0;

    for (int i = 0; i < 4; i++) {
        struct resting resting;

        if (bpf_map_peek_elem(&resting_ports, &resting) || now - resting.since < rest_ns)
            break;
        if (bpf_map_pop_elem(&resting_ports, &resting))
            break;
        if (bpf_map_push_elem(&free_ports, &resting.port, BPF_ANY))
            break;
        woken++;
    }
    return woken;
}

SEC("tc")
int lend_port(struct __sk_buff *skb)
{
    __u64 now = bpf_ktime_get_ns();
    __u32 flow = bpf_get_hash_recalc(skb), port, *known;

    wake_ports(now);
    if (bpf_map_peek_elem(&seen, &flow)) {
        bpf_map_push_elem(&seen, &flow, BPF_ANY);
    } else {
        known = bpf_map_lookup_elem(&ports_by_flow, &flow);
        if (known) {
            skb->mark = *known;
            return TC_ACT_OK;
        }
    }
    if (bpf_map_pop_elem(&free_ports, &port)) {
        __sync_fetch_and_add(&exhausted, 1);
        return TC_ACT_SHOT;
    }
    skb->mark = port;
    bpf_map_update_elem(&ports_by_flow, &flow, &port, BPF_ANY);
    return TC_ACT_OK;
}

SEC("tc")
int return_port(struct __sk_buff *skb)
{
    __u32 flow = bpf_get_hash_recalc(skb), *port = bpf_map_lookup_elem(&ports_by_flow, &flow);
    struct resting resting = { .since = bpf_ktime_get_ns() };

    if (!port)
        return TC_ACT_OK;
    resting.port = *port;
    bpf_map_delete_elem(&ports_by_flow, &flow);
    bpf_map_push_elem(&resting_ports, &resting, BPF_EXIST); /* the oldest goes if there is no room */
    return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
