/* Prints who opens which file: a line for every openat. */
#include <skep/tracepoint.h>

#define TASK_COMM_LEN 16
#define NAME_LEN 128

SEC("tracepoint/syscalls/sys_enter_openat")
int trace_openat(struct trace_event_raw_sys_enter *ctx)
{
    char comm[TASK_COMM_LEN];
    char filename[NAME_LEN];
    __u32 pid = bpf_get_current_pid_tgid() >> 32;

    bpf_get_current_comm(comm, sizeof(comm));
    /* openat(dirfd, filename, flags, mode): the name is still in the caller's memory. */
    if (bpf_probe_read_user_str(filename, sizeof(filename), (const void *)ctx->args[1]) < 0)
        return 0;

    bpf_printk("%d %s opens %s", pid, comm, filename);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
