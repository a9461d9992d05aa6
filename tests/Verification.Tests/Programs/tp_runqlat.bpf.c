/* How long tasks wait for a CPU: from their waking, or from losing the CPU while still runnable, until they run. A
 * histogram with a slot for each power of two of microseconds, for the system and for each process. */
#include "include/tracing.h"

#define SLOTS 26
#define TASK_RUNNING 0

struct histogram {
    __u32 slots[SLOTS];
    char comm[TASK_COMM_LEN];
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 10240);
    __type(key, __u32);
    __type(value, __u64);
} waiting_since SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, struct histogram);
} histograms SEC(".maps");

const volatile bool by_process = true;

static struct histogram empty;

static __always_inline int enqueue(__u32 pid)
{
    __u64 now = bpf_ktime_get_ns();

    if (pid)
        bpf_map_update_elem(&waiting_since, &pid, &now, BPF_ANY);
    return 0;
}

SEC("tracepoint/sched/sched_wakeup")
int on_wakeup(struct trace_event_raw_sched_wakeup *ctx)
{
    return enqueue(ctx->pid);
}

SEC("tracepoint/sched/sched_wakeup_new")
int on_wakeup_new(struct trace_event_raw_sched_wakeup *ctx)
{
    return enqueue(ctx->pid);
}

SEC("tracepoint/sched/sched_switch")
int on_switch(struct trace_event_raw_sched_switch *ctx)
{
    __u32 pid = ctx->next_pid, key, slot;
    struct histogram *histogram;
    __u64 *since, delay;

    if (ctx->prev_state == TASK_RUNNING)
        enqueue(ctx->prev_pid);
    since = bpf_map_lookup_elem(&waiting_since, &pid);
    if (!since)
        return 0;
    delay = bpf_ktime_get_ns() - *since;
    bpf_map_delete_elem(&waiting_since, &pid);
    if ((__s64)delay < 0)
        return 0;

    key = by_process ? pid : 0;
    histogram = bpf_map_lookup_elem(&histograms, &key);
    if (!histogram) {
        bpf_map_update_elem(&histograms, &key, &empty, BPF_NOEXIST);
        histogram = bpf_map_lookup_elem(&histograms, &key);
        if (!histogram)
            return 0;
        __builtin_memcpy(histogram->comm, ctx->next_comm, sizeof(histogram->comm));
    }
    slot = log2_u64(delay / 1000);
    if (slot >= SLOTS)
        slot = SLOTS - 1;
    __sync_fetch_and_add(&histogram->slots[slot], 1);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
