/* Reads and writes of files: sizes asked for and sizes got, on each CPU; a kprobe leaves the arguments for the kretprobe
 * of the same thread. */
#include "include/tracing.h"

#define SIZE_SLOTS 32

struct call {
    __u64 start;
    __u64 file;
    __u64 size;
    __u64 is_write;
};

struct statistics {
    __u64 calls[2];
    __u64 bytes[2];
    __u64 errors[2];
    __u64 short_calls[2];
    __u64 nanoseconds[2];
    __u64 sizes[2][SIZE_SLOTS];
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 4096);
    __type(key, __u64);
    __type(value, struct call);
} calls SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct statistics);
} statistics SEC(".maps");

static __always_inline int entry(struct pt_regs *ctx, __u64 is_write)
{
    __u64 thread = bpf_get_current_pid_tgid();
    struct call call = {
        .start = bpf_ktime_get_ns(),
        .file = PT_REGS_PARM1(ctx),
        .size = PT_REGS_PARM3(ctx),
        .is_write = is_write,
    };

    bpf_map_update_elem(&calls, &thread, &call, BPF_ANY);
    return 0;
}

static __noinline int account_call(__s64 result)
{
    __u64 thread = bpf_get_current_pid_tgid();
    struct call *call = bpf_map_lookup_elem(&calls, &thread);
    __u32 zero = 0, slot, way;
    struct statistics *stat;

    if (!call)
        return 0;
    stat = bpf_map_lookup_elem(&statistics, &zero);
    if (!stat)
        return 0;
    way = call->is_write & 1;
    stat->calls[way]++;
    stat->nanoseconds[way] += bpf_ktime_get_ns() - call->start;
    if (result < 0) {
        stat->errors[way]++;
    } else {
        stat->bytes[way] += result;
        if (result < call->size)
            stat->short_calls[way]++;
        slot = log2_u64(result);
        if (slot >= SIZE_SLOTS)
            slot = SIZE_SLOTS - 1;
        stat->sizes[way][slot]++;
    }
    bpf_map_delete_elem(&calls, &thread);
    return 0;
}

SEC("kprobe/vfs_read")
int on_read(struct pt_regs *ctx)
{
    return entry(ctx, 0);
}

SEC("kprobe/vfs_write")
int on_write(struct pt_regs *ctx)
{
    return entry(ctx, 1);
}

SEC("kretprobe/vfs_read")
int on_read_return(struct pt_regs *ctx)
{
    return account_call(PT_REGS_RC(ctx));
}

SEC("kretprobe/vfs_write")
int on_write_return(struct pt_regs *ctx)
{
    return account_call(PT_REGS_RC(ctx));
}

char LICENSE[] SEC("license") = "GPL";
