/* Counts system calls: by process and system call number, and by process alone. */
#include <skep/tracepoint.h>

struct syscall_key {
    __u32 pid;
    __u32 nr;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 16384);
    __type(key, struct syscall_key);
    __type(value, __u64);
} by_syscall SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 4096);
    __type(key, __u32);
    __type(value, __u64);
} by_process SEC(".maps");

/* Two processors may meet at a new key: one inserts it, the other is told BPF_NOEXIST's -EEXIST and finds it then. */
static __always_inline void increment(void *map, const void *key)
{
    const __u64 zero = 0;
    __u64 *count = bpf_map_lookup_elem(map, key);

    if (!count) {
        bpf_map_update_elem(map, key, &zero, BPF_NOEXIST);
        count = bpf_map_lookup_elem(map, key);
        if (!count)
            return; /* the map is full */
    }
    __sync_fetch_and_add(count, 1);
}

SEC("tracepoint/raw_syscalls/sys_enter")
int count_syscall(struct trace_event_raw_sys_enter *ctx)
{
    struct syscall_key key = {
        .pid = bpf_get_current_pid_tgid() >> 32,
        .nr = ctx->id,
    };

    increment(&by_syscall, &key);
    increment(&by_process, &key.pid);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
