/* An account of every process: when it began, what it forked, how many system calls it made, how much it read and
 * wrote; sent to user space when it ends. */
#include "include/tracing.h"

struct account {
    __u64 started;
    __u64 syscalls;
    __u64 read_bytes;
    __u64 written_bytes;
    __u32 children;
    __u32 uid;
    char comm[TASK_COMM_LEN];
};

struct report {
    __u32 pid;
    __u32 cpu;
    __u64 lifetime;
    struct account account;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 8192);
    __type(key, __u32);
    __type(value, struct account);
} accounts SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 64 * 1024);
} reports SEC(".maps");

static __always_inline struct account *current_account(void)
{
    __u32 pid = bpf_get_current_pid_tgid() >> 32;

    return bpf_map_lookup_elem(&accounts, &pid);
}

SEC("tracepoint/sched/sched_process_fork")
int on_fork(struct trace_event_raw_sched_process_fork *ctx)
{
    struct account *parent = current_account();
    struct account account = {};
    __u32 pid = ctx->child_pid;

    if (parent)
        __sync_fetch_and_add(&parent->children, 1);
    account.started = bpf_ktime_get_boot_ns();
    account.uid = bpf_get_current_uid_gid();
    __builtin_memcpy(account.comm, ctx->child_comm, sizeof(account.comm));
    bpf_map_update_elem(&accounts, &pid, &account, BPF_ANY);
    return 0;
}

SEC("tracepoint/raw_syscalls/sys_exit")
int on_syscall(struct trace_event_raw_sys_exit *ctx)
{
    struct account *account = current_account();
    long result = ctx->ret;

    if (!account)
        return 0;
    __sync_fetch_and_add(&account->syscalls, 1);
    if (result <= 0)
        return 0;
    switch (ctx->id) {
    case 0: /* read */
    case 17: /* pread64 */
    case 19: /* readv */
    case 45: /* recvfrom */
        __sync_fetch_and_add(&account->read_bytes, result);
        break;
    case 1: /* write */
    case 18: /* pwrite64 */
    case 20: /* writev */
    case 44: /* sendto */
        __sync_fetch_and_add(&account->written_bytes, result);
        break;
    }
    return 0;
}

SEC("tracepoint/sched/sched_process_exit")
int on_exit(void *ctx)
{
    __u64 id = bpf_get_current_pid_tgid();
    __u32 pid = id >> 32;
    struct account *account;
    struct report *report;

    if (pid != (__u32)id)
        return 0; /* a thread */
    account = bpf_map_lookup_elem(&accounts, &pid);
    if (!account)
        return 0;
    report = bpf_ringbuf_reserve(&reports, sizeof(*report), 0);
    if (report) {
        report->pid = pid;
        report->cpu = bpf_get_smp_processor_id();
        report->lifetime = bpf_ktime_get_boot_ns() - account->started;
        report->account = *account;
        bpf_get_current_comm(report->account.comm, sizeof(report->account.comm));
        bpf_ringbuf_submit(report, 0);
    }
    bpf_map_delete_elem(&accounts, &pid);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
