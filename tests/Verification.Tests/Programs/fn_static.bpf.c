/* Static functions that the compiler may not inline, seven deep, with pointers to the stack, to map values and to the
 * context as arguments, each with a frame of its own. */
#include "include/tracing.h"

struct statistics {
    __u64 count;
    __u64 sum;
    __u64 squares;
    __u64 least;
    __u64 most;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 512);
    __type(key, __u32);
    __type(value, struct statistics);
} statistics_by_cpu SEC(".maps");

static __noinline __u64 least_of(__u64 a, __u64 b)
{
    return a < b ? a : b;
}

static __noinline __u64 most_of(__u64 a, __u64 b)
{
    return a > b ? a : b;
}

static __noinline void add_extremes(struct statistics *statistics, __u64 value)
{
    statistics->least = least_of(statistics->least, value);
    statistics->most = most_of(statistics->most, value);
}

static __noinline void add_value(struct statistics *statistics, __u64 value)
{
    statistics->count++;
    statistics->sum += value;
    statistics->squares += value * value;
    add_extremes(statistics, value);
}

static __noinline struct statistics *find_or_make(__u32 cpu)
{
    struct statistics *found = bpf_map_lookup_elem(&statistics_by_cpu, &cpu);
    struct statistics fresh = { .least = ~0ULL };

    if (found)
        return found;
    bpf_map_update_elem(&statistics_by_cpu, &cpu, &fresh, BPF_NOEXIST);
    return bpf_map_lookup_elem(&statistics_by_cpu, &cpu);
}

static __noinline int record(__u32 cpu, const __u64 *values, __u32 count)
{
    struct statistics *statistics = find_or_make(cpu);

    if (!statistics)
        return -1;
    for (__u32 i = 0; i < 6; i++) {
        if (i >= count)
            break;
        add_value(statistics, values[i]);
    }
    return count;
}

static __noinline int read_args(struct trace_event_raw_sys_enter *ctx, __u64 *values)
{
    int count = 0;

#pragma clang loop unroll(full)
    for (int i = 0; i < 6; i++) {
        values[i] = ctx->args[i];
        count += values[i] != 0;
    }
    return count;
}

static __noinline int gather(struct trace_event_raw_sys_enter *ctx)
{
    __u64 values[6];
    int count = read_args(ctx, values);

    return record(bpf_get_smp_processor_id(), values, count);
}

SEC("tracepoint/raw_syscalls/sys_enter")
int summarise_args(struct trace_event_raw_sys_enter *ctx)
{
    return gather(ctx) < 0;
}

char LICENSE[] SEC("license") = "GPL";
