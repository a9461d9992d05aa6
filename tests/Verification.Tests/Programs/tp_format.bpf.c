/* Formats text on the stack: numbers by bpf_snprintf, and lines that it puts together by hand; prints them. */
#include "include/tracing.h"

static __always_inline int append_hex(char *text, int at, __u64 value, int digits)
{
    for (int i = 0; i < digits; i++)
        text[at + i] = "0123456789abcdef"[(value >> (4 * (digits - 1 - i))) & 15];
    return at + digits;
}

SEC("tracepoint/syscalls/sys_enter_mmap")
int format_mmap(struct trace_event_raw_sys_enter *ctx)
{
    char line[64] = {};
    int at = 0;

    at = append_hex(line, at, ctx->args[0], 16);
    line[at++] = '+';
    at = append_hex(line, at, ctx->args[1], 12);
    line[at++] = ' ';
    line[at++] = ctx->args[2] & 1 ? 'r' : '-';
    line[at++] = ctx->args[2] & 2 ? 'w' : '-';
    line[at++] = ctx->args[2] & 4 ? 'x' : '-';
    line[at++] = ctx->args[3] & 1 ? 's' : 'p';
    bpf_printk("mmap %s", line);
    return 0;
}

SEC("tracepoint/syscalls/sys_enter_openat")
int format_openat(struct trace_event_raw_sys_enter *ctx)
{
    static const char format[] = "%s[%d] opens %s, flags %x";
    char comm[TASK_COMM_LEN], name[64], line[128];
    __u64 values[4];
    long length;

    if (bpf_get_current_comm(comm, sizeof(comm)))
        return 0;
    if (bpf_probe_read_user_str(name, sizeof(name), (const void *)ctx->args[1]) < 0)
        return 0;
    values[0] = (__u64)(long)comm;
    values[1] = bpf_get_current_pid_tgid() >> 32;
    values[2] = (__u64)(long)name;
    values[3] = ctx->args[2];
    length = bpf_snprintf(line, sizeof(line), format, values, sizeof(values));
    if (length > 0)
        bpf_printk("%s (%d)", line, length);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
