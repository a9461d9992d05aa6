/* bpf_loop in several ways: state in a struct on the stack, an early end, a loop in a loop, an index into a map value. */
#include "include/tracing.h"

#define SAMPLES 256

struct samples {
    __u32 head;
    __u32 values[SAMPLES];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct samples);
} samples_map SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 64);
    __type(key, __u32);
    __type(value, __u64);
} totals SEC(".maps");

struct summary {
    struct samples *samples;
    __u64 sum;
    __u32 most;
    __u32 count;
    __u32 limit;
};

static long add_sample(__u32 index, struct summary *summary)
{
    __u32 value;

    if (index >= SAMPLES)
        return 1;
    value = summary->samples->values[index];
    if (!value)
        return 0;
    summary->sum += value;
    summary->count++;
    if (value > summary->most)
        summary->most = value;
    return summary->count >= summary->limit;
}

struct cell {
    __u32 row;
    __u64 total;
};

static long add_column(__u32 column, struct cell *cell)
{
    __u32 index = cell->row * 8 + column;
    __u64 *total = bpf_map_lookup_elem(&totals, &index);

    if (!total)
        return 1;
    cell->total += *total;
    return 0;
}

static long add_row(__u32 row, __u64 *total)
{
    struct cell cell = { .row = row };

    bpf_loop(8, add_column, &cell, 0);
    *total += cell.total;
    return 0;
}

static long count_only(__u32 index, void *unused)
{
    return index > 1000;
}

SEC("raw_tracepoint/sys_enter")
int summarise(struct bpf_raw_tracepoint_args *ctx)
{
    struct summary summary = { .limit = 200 };
    __u32 zero = 0, slot;
    __u64 total = 0, *cell;

    summary.samples = bpf_map_lookup_elem(&samples_map, &zero);
    if (!summary.samples)
        return 0;
    summary.samples->values[summary.samples->head++ & (SAMPLES - 1)] = ctx->args[1];
    bpf_loop(SAMPLES, add_sample, &summary, 0);
    if (!summary.count)
        return 0;
    slot = (__u32)summary.sum / summary.count & 63;
    cell = bpf_map_lookup_elem(&totals, &slot);
    if (cell)
        *cell += summary.most;
    bpf_loop(8, add_row, &total, 0);
    return bpf_loop(1 << 20, count_only, NULL, 0) > 0 && total;
}

char LICENSE[] SEC("license") = "GPL";
