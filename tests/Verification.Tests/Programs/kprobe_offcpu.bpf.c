/* Where tasks block: remembers when a task leaves the CPU, and when it comes back adds the time to its stack, kernel and
 * user, and its name. */
#include "include/tracing.h"

#define MAX_DEPTH 127

struct stack_key {
    __u32 pid;
    __s32 kernel_stack;
    __s32 user_stack;
    char comm[TASK_COMM_LEN];
};

struct {
    __uint(type, BPF_MAP_TYPE_STACK_TRACE);
    __uint(max_entries, 10000);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, MAX_DEPTH * sizeof(__u64));
} stacks SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 10240);
    __type(key, __u32);
    __type(value, __u64);
} left_at SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 10240);
    __type(key, struct stack_key);
    __type(value, __u64);
} blocked_ns SEC(".maps");

const volatile __u64 min_block_ns = 1000;
const volatile __u64 max_block_ns = ~0ULL;
const volatile __u32 only_pid = 0;

/* task_struct's pid, whose place user space knows from the kernel's BTF and writes here before loading. */
const volatile __u32 task_pid_offset = 2464;

SEC("kprobe/finish_task_switch")
int on_finish_switch(struct pt_regs *ctx)
{
    const void *previous = (const void *)PT_REGS_PARM1(ctx);
    __u64 now = bpf_ktime_get_ns(), *since, elapsed;
    __u32 previous_pid = 0, pid;
    struct stack_key key = {};

    if (!bpf_probe_read_kernel(&previous_pid, sizeof(previous_pid), previous + task_pid_offset) && previous_pid &&
        (!only_pid || previous_pid == only_pid))
        bpf_map_update_elem(&left_at, &previous_pid, &now, BPF_ANY);

    pid = bpf_get_current_pid_tgid();
    since = bpf_map_lookup_elem(&left_at, &pid);
    if (!since)
        return 0;
    elapsed = now - *since;
    bpf_map_delete_elem(&left_at, &pid);
    if (elapsed < min_block_ns || elapsed > max_block_ns)
        return 0;
    key.pid = pid;
    key.kernel_stack = bpf_get_stackid(ctx, &stacks, BPF_F_FAST_STACK_CMP);
    key.user_stack = bpf_get_stackid(ctx, &stacks, BPF_F_FAST_STACK_CMP | BPF_F_USER_STACK);
    bpf_get_current_comm(key.comm, sizeof(key.comm));
    map_add(&blocked_ns, &key, elapsed);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
