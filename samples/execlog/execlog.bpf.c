/* Sends a record to user space for every program that is started.
 *
 * A ring buffer's records have no type of their own: the kernel wants value size 0, so libbpf cannot create one with
 * `__type(value, struct exec_event)`. An array of none has size 0 and still names its element: that way the map's
 * definition says what its records are, to whoever prints them, and libbpf and the kernel load it as before.
 */
#include <skep/tracepoint.h>

#define TASK_COMM_LEN 16
#define NAME_LEN 128

struct exec_event {
    __u64 timestamp; /* ns since the system started */
    __u32 pid;
    __u32 uid;
    char comm[TASK_COMM_LEN];
    char filename[NAME_LEN];
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 * 1024); /* bytes */
    __type(value, struct exec_event[0]);
} events SEC(".maps");

SEC("tracepoint/sched/sched_process_exec")
int log_exec(struct trace_event_raw_sched_process_exec *ctx)
{
    __u32 filename_offset = ctx->__data_loc_filename & 0xffff;
    struct exec_event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

    if (!event)
        return 0; /* the reader is behind */

    event->timestamp = bpf_ktime_get_ns();
    event->pid = bpf_get_current_pid_tgid() >> 32;
    event->uid = bpf_get_current_uid_gid();
    bpf_get_current_comm(event->comm, sizeof(event->comm));
    bpf_probe_read_kernel_str(event->filename, sizeof(event->filename), (void *)ctx + filename_offset);
    bpf_ringbuf_submit(event, 0);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
