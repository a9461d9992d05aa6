/* Captures the command line of every program that is started: walks argv in the caller's memory and packs the strings,
 * one behind the other, into a per-CPU buffer; sends as much of it as is filled. */
#include "include/tracing.h"

#define MAX_ARGS 20
#define ARG_LENGTH 128
#define BUFFER_LENGTH 2048

struct event {
    __u64 time;
    __u32 pid;
    __u32 uid;
    __u32 args_count;
    __u32 args_size;
    char comm[TASK_COMM_LEN];
    char args[BUFFER_LENGTH + ARG_LENGTH];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct event);
} scratch SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1024 * 1024);
} events SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_execve")
int capture_args(struct trace_event_raw_sys_enter *ctx)
{
    const char **argv = (const char **)ctx->args[1];
    __u32 zero = 0, count = 0;
    struct event *event;
    __u64 size = 0;

    event = bpf_map_lookup_elem(&scratch, &zero);
    if (!event)
        return 0;
    event->time = bpf_ktime_get_ns();
    event->pid = bpf_get_current_pid_tgid() >> 32;
    event->uid = bpf_get_current_uid_gid();
    bpf_get_current_comm(event->comm, sizeof(event->comm));

#pragma clang loop unroll(disable)
    for (int i = 0; i < MAX_ARGS; i++) {
        const char *arg = NULL;
        long length;

        if (bpf_probe_read_user(&arg, sizeof(arg), &argv[i]) || !arg)
            break;
        if (size > BUFFER_LENGTH)
            break;
        length = bpf_probe_read_user_str(event->args + size, ARG_LENGTH, arg);
        if (length <= 0 || length > ARG_LENGTH)
            break;
        size += length;
        count++;
    }
    event->args_count = count;
    event->args_size = size;
    if (size > sizeof(event->args))
        return 0;
    bpf_ringbuf_output(&events, event, offsetof(struct event, args) + size, 0);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
