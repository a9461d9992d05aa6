/* Memory that a process holds: uprobes on malloc and free keep a table of live allocations, totals by caller, and a
 * histogram of sizes. */
#include "include/tracing.h"

struct allocation {
    __u64 size;
    __u64 time;
    __u64 caller;
};

struct total {
    __u64 bytes;
    __u64 allocations;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 10240);
    __type(key, __u32);
    __type(value, struct allocation);
} sizes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1000000);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, __u64);
    __type(value, struct allocation);
} live SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 10240);
    __type(key, __u64);
    __type(value, struct total);
} totals SEC(".maps");

static __u64 histogram[64];

static __noinline int adjust_total(__u64 caller, __s64 bytes, __s64 allocations)
{
    struct total *total = bpf_map_lookup_elem(&totals, &caller);

    if (!total) {
        struct total first = { .bytes = bytes, .allocations = allocations };

        return bpf_map_update_elem(&totals, &caller, &first, BPF_NOEXIST);
    }
    __sync_fetch_and_add(&total->bytes, bytes);
    __sync_fetch_and_add(&total->allocations, allocations);
    return 0;
}

SEC("uprobe")
int on_malloc(struct pt_regs *ctx)
{
    __u32 thread = bpf_get_current_pid_tgid();
    struct allocation allocation = { .size = PT_REGS_PARM1(ctx), .time = bpf_ktime_get_ns() };

    bpf_probe_read_user(&allocation.caller, sizeof(allocation.caller), (const void *)ctx->sp);
    bpf_map_update_elem(&sizes, &thread, &allocation, BPF_ANY);
    return 0;
}

SEC("uretprobe")
int on_malloc_return(struct pt_regs *ctx)
{
    __u32 thread = bpf_get_current_pid_tgid();
    __u64 address = PT_REGS_RC(ctx);
    struct allocation *pending = bpf_map_lookup_elem(&sizes, &thread), allocation;

    if (!pending)
        return 0;
    allocation = *pending;
    bpf_map_delete_elem(&sizes, &thread);
    if (!address)
        return 0;
    bpf_map_update_elem(&live, &address, &allocation, BPF_ANY);
    __sync_fetch_and_add(&histogram[log2_u64(allocation.size) & 63], 1);
    adjust_total(allocation.caller, allocation.size, 1);
    return 0;
}

SEC("uprobe")
int on_free(struct pt_regs *ctx)
{
    __u64 address = PT_REGS_PARM1(ctx);
    struct allocation *allocation = bpf_map_lookup_elem(&live, &address);

    if (!allocation)
        return 0;
    adjust_total(allocation->caller, -allocation->size, -1);
    bpf_map_delete_elem(&live, &address);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
