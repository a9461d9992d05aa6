/* Reports opens of files below certain folders: the path is compared with prefixes in .rodata, that user space sets
 * before loading; an entry with the path, an exit with the result. */
#include "include/tracing.h"

#define PATH_LENGTH 256
#define PREFIX_LENGTH 32
#define MAX_PREFIXES 8

struct prefix {
    __u32 length;
    char text[PREFIX_LENGTH];
};

const volatile __u32 prefix_count = 3;
const volatile struct prefix prefixes[MAX_PREFIXES] = {
    { 5, "/etc/" },
    { 5, "/var/" },
    { 11, "/root/.ssh/" },
};

struct event {
    __u32 pid;
    __s32 result;
    __u32 flags;
    __u32 prefix;
    char path[PATH_LENGTH];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct event);
} scratch SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u64);
    __type(value, struct event);
} pending SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 * 1024);
} events SEC(".maps");

static __noinline bool has_prefix(const char *path, __u32 index)
{
    __u32 length;

    if (index >= MAX_PREFIXES)
        return false;
    length = prefixes[index].length;
    if (length == 0)
        return false;
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < PREFIX_LENGTH; i++) {
        if (i >= length)
            return true;
        if (path[i] != prefixes[index].text[i])
            return false;
    }
    return true;
}

SEC("tracepoint/syscalls/sys_enter_openat")
int on_open(struct trace_event_raw_sys_enter *ctx)
{
    __u64 thread = bpf_get_current_pid_tgid();
    __u32 zero = 0;
    struct event *event = bpf_map_lookup_elem(&scratch, &zero);

    if (!event)
        return 0;
    if (bpf_probe_read_user_str(event->path, sizeof(event->path), (const void *)ctx->args[1]) <= 0)
        return 0;
    for (__u32 i = 0; i < MAX_PREFIXES; i++) {
        if (i >= prefix_count)
            break;
        if (!has_prefix(event->path, i))
            continue;
        event->pid = thread >> 32;
        event->flags = ctx->args[2];
        event->prefix = i;
        bpf_map_update_elem(&pending, &thread, event, BPF_ANY);
        break;
    }
    return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat")
int on_open_result(struct trace_event_raw_sys_exit *ctx)
{
    __u64 thread = bpf_get_current_pid_tgid();
    struct event *event = bpf_map_lookup_elem(&pending, &thread);

    if (!event)
        return 0;
    event->result = ctx->ret;
    bpf_ringbuf_output(&events, event, sizeof(*event), 0);
    bpf_map_delete_elem(&pending, &thread);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
