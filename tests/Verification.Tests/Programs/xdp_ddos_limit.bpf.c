/* Limits what a source may send: so many packets in a window, and whoever passes that is shut out for a while. */
#include "include/net.h"

#define NSEC_PER_SEC 1000000000ULL

const volatile __u64 window_ns = NSEC_PER_SEC;
const volatile __u64 penalty_ns = 30 * NSEC_PER_SEC;
const volatile __u32 packets_per_window = 2000;

struct source {
    __u64 window_start;
    __u64 blocked_until;
    __u32 packets;
    __u32 offences;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 100000);
    __type(key, __be32);
    __type(value, struct source);
} sources SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __be32);
    __type(value, __u8);
} trusted SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 4);
    __type(key, __u32);
    __type(value, __u64);
} verdicts SEC(".maps");

static __always_inline void count(__u32 verdict)
{
    __u64 *packets = bpf_map_lookup_elem(&verdicts, &verdict);

    if (packets)
        (*packets)++;
}

static __noinline int judge(struct source *source, __u64 now)
{
    if (!source)
        return XDP_ABORTED;
    if (now < source->blocked_until)
        return XDP_DROP;
    if (now - source->window_start > window_ns) {
        source->window_start = now;
        source->packets = 1;
        return XDP_PASS;
    }
    source->packets++;
    if (source->packets <= packets_per_window)
        return XDP_PASS;
    source->offences++;
    source->blocked_until = now + penalty_ns * (source->offences < 8 ? source->offences : 8);
    return XDP_DROP;
}

SEC("xdp")
int limit_sources(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    struct ethhdr *eth;
    struct iphdr *ip;
    struct source *source;
    __be32 address;
    __u64 now;
    int verdict;

    if (cursor_ethernet(&cursor, &eth) != bpf_htons(ETH_P_IP))
        return XDP_PASS;
    ip = cursor_ipv4(&cursor);
    if (!ip)
        return XDP_DROP;
    address = ip->saddr;
    if (bpf_map_lookup_elem(&trusted, &address))
        return XDP_PASS;

    now = bpf_ktime_get_ns();
    source = bpf_map_lookup_elem(&sources, &address);
    if (!source) {
        struct source fresh = { .window_start = now, .packets = 1 };

        bpf_map_update_elem(&sources, &address, &fresh, BPF_NOEXIST);
        count(XDP_PASS);
        return XDP_PASS;
    }
    verdict = judge(source, now);
    count(verdict & 3);
    return verdict;
}

char LICENSE[] SEC("license") = "GPL";
