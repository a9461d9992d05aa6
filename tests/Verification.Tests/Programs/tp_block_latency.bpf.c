/* The latency of disk requests: from issue to completion, a linear and a logarithmic histogram for each device, and the
 * slowest requests of all in a small table kept in order. */
#include "include/tracing.h"

#define SLOWEST 8

struct request {
    __u32 device;
    __u32 sectors;
    __u64 sector;
};

struct slow {
    __u64 latency_us;
    __u64 sector;
    __u32 device;
    __u32 sectors;
};

struct device_latency {
    __u64 logarithmic[32];
    __u64 linear[20];
    __u64 bytes;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 10240);
    __type(key, struct request);
    __type(value, __u64);
} issued SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 64);
    __type(key, __u32);
    __type(value, struct device_latency);
} latencies SEC(".maps");

static struct slow slowest[SLOWEST];
static struct device_latency no_latency;

SEC("tracepoint/block/block_rq_issue")
int on_issue(struct trace_event_raw_block_rq *ctx)
{
    struct request request = { .device = ctx->dev, .sectors = ctx->nr_sector, .sector = ctx->sector };
    __u64 now = bpf_ktime_get_ns();

    bpf_map_update_elem(&issued, &request, &now, BPF_ANY);
    return 0;
}

static __noinline int remember_slow(struct slow *found)
{
    for (int i = 0; i < SLOWEST; i++) {
        struct slow other;

        if (found->latency_us <= slowest[i].latency_us)
            continue;
        other = slowest[i];
        slowest[i] = *found;
        *found = other;
    }
    return 0;
}

SEC("tracepoint/block/block_rq_complete")
int on_complete(struct trace_event_raw_block_rq *ctx)
{
    struct request request = { .device = ctx->dev, .sectors = ctx->nr_sector, .sector = ctx->sector };
    __u64 *start = bpf_map_lookup_elem(&issued, &request), microseconds, slot;
    struct device_latency *latency;
    struct slow slow;

    if (!start)
        return 0;
    microseconds = (bpf_ktime_get_ns() - *start) / 1000;
    bpf_map_delete_elem(&issued, &request);

    latency = bpf_map_lookup_elem(&latencies, &request.device);
    if (!latency) {
        bpf_map_update_elem(&latencies, &request.device, &no_latency, BPF_NOEXIST);
        latency = bpf_map_lookup_elem(&latencies, &request.device);
        if (!latency)
            return 0;
    }
    __sync_fetch_and_add(&latency->logarithmic[log2_u64(microseconds) & 31], 1);
    slot = microseconds / 100;
    barrier_var(slot); /* or the compiler compares microseconds with 2000, which says nothing about the quotient */
    if (slot < ARRAY_SIZE(latency->linear))
        __sync_fetch_and_add(&latency->linear[slot], 1);
    __sync_fetch_and_add(&latency->bytes, (__u64)request.sectors * 512);

    slow = (struct slow){ microseconds, request.sector, request.device, request.sectors };
    return remember_slow(&slow);
}

char LICENSE[] SEC("license") = "GPL";
