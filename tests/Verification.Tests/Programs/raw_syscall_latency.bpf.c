/* The latency of system calls, by number: raw tracepoints at entry and exit, totals and the slowest call of each. */
#include "include/tracing.h"

#define MAX_SYSCALLS 512

struct start {
    __u64 time;
    __u64 number;
};

struct latency {
    __u64 calls;
    __u64 errors;
    __u64 total_ns;
    __u64 max_ns;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 16384);
    __type(key, __u32);
    __type(value, struct start);
} starts SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, MAX_SYSCALLS);
    __type(key, __u32);
    __type(value, struct latency);
} latencies SEC(".maps");

SEC("raw_tracepoint/sys_enter")
int enter(struct bpf_raw_tracepoint_args *ctx)
{
    struct start start = { .time = bpf_ktime_get_ns(), .number = ctx->args[1] };
    __u32 thread = bpf_get_current_pid_tgid();

    bpf_map_update_elem(&starts, &thread, &start, BPF_ANY);
    return 0;
}

SEC("raw_tracepoint/sys_exit")
int exit_(struct bpf_raw_tracepoint_args *ctx)
{
    __u32 thread = bpf_get_current_pid_tgid(), number;
    __s64 result = ctx->args[1];
    struct latency *latency;
    struct start *start;
    __u64 elapsed;

    start = bpf_map_lookup_elem(&starts, &thread);
    if (!start)
        return 0;
    number = start->number;
    elapsed = bpf_ktime_get_ns() - start->time;
    bpf_map_delete_elem(&starts, &thread);

    latency = bpf_map_lookup_elem(&latencies, &number);
    if (!latency)
        return 0;
    latency->calls++;
    if (result < 0 && result >= -4095)
        latency->errors++;
    latency->total_ns += elapsed;
    if (elapsed > latency->max_ns)
        latency->max_ns = elapsed;
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
