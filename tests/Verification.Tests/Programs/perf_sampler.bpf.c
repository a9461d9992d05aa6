/* A sampling profiler: counts samples by process and stack, and copies one in a hundred whole into a ring buffer, with
 * the addresses of its frames. */
#include "include/tracing.h"

#define MAX_DEPTH 32

struct sample_key {
    __u32 pid;
    __s32 user_stack;
    __s32 kernel_stack;
    __u32 cpu;
};

struct sample {
    __u64 time;
    __u64 ip;
    __u64 period;
    __u32 pid;
    __u32 frames;
    char comm[TASK_COMM_LEN];
    __u64 stack[MAX_DEPTH];
};

struct {
    __uint(type, BPF_MAP_TYPE_STACK_TRACE);
    __uint(max_entries, 16384);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, 127 * sizeof(__u64));
} stacks SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 40960);
    __type(key, struct sample_key);
    __type(value, __u64);
} counts SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 * 1024);
} samples SEC(".maps");

static __u64 seen;

SEC("perf_event")
int take_sample(struct bpf_perf_event_data *ctx)
{
    __u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct sample_key key = { .pid = pid, .cpu = bpf_get_smp_processor_id() };
    struct sample *sample;
    long size;

    if (pid == 0)
        return 0; /* idle */
    key.kernel_stack = bpf_get_stackid(ctx, &stacks, 0);
    key.user_stack = bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK);
    map_add(&counts, &key, 1);

    if (seen++ % 100)
        return 0;
    sample = bpf_ringbuf_reserve(&samples, sizeof(*sample), 0);
    if (!sample)
        return 0;
    sample->time = bpf_ktime_get_ns();
    sample->ip = ctx->regs.ip;
    sample->period = ctx->sample_period;
    sample->pid = pid;
    bpf_get_current_comm(sample->comm, sizeof(sample->comm));
    size = bpf_get_stack(ctx, sample->stack, sizeof(sample->stack), BPF_F_USER_STACK);
    if (size < 0) {
        bpf_ringbuf_discard(sample, BPF_RB_NO_WAKEUP);
        return 0;
    }
    sample->frames = size / sizeof(__u64);
    bpf_ringbuf_submit(sample, 0);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
