/* Who connects where: follows kernel pointers from the arguments of a probed function by bpf_probe_read_kernel, at
 * offsets that user space knows and sets before loading. */
#include "include/tracing.h"

const volatile struct {
    __u32 daddr, dport, saddr, family, v6_daddr;
} sock_offsets = { 0, 12, 4, 16, 56 };

#define AF_INET 2
#define AF_INET6 10

struct connection {
    __u64 time;
    __u32 pid;
    __u32 uid;
    __u16 family;
    __u16 port;
    __s32 result;
    __u8 destination[16];
    char comm[TASK_COMM_LEN];
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, const void *);
} connecting SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, sizeof(__u32));
    __uint(max_entries, 128);
} connections SEC(".maps");

SEC("kprobe/tcp_v4_connect")
int on_connect(struct pt_regs *ctx)
{
    const void *sock = (const void *)PT_REGS_PARM1(ctx);
    __u32 thread = bpf_get_current_pid_tgid();

    bpf_map_update_elem(&connecting, &thread, &sock, BPF_ANY);
    return 0;
}

SEC("kretprobe/tcp_v4_connect")
int on_connect_return(struct pt_regs *ctx)
{
    struct connection connection = {};
    __u64 id = bpf_get_current_pid_tgid();
    __u32 thread = id;
    const void **found = bpf_map_lookup_elem(&connecting, &thread), *sock;
    __u16 port;

    if (!found)
        return 0;
    sock = *found;
    bpf_map_delete_elem(&connecting, &thread);
    connection.result = PT_REGS_RC(ctx);
    if (bpf_probe_read_kernel(&connection.family, sizeof(connection.family), sock + sock_offsets.family))
        return 0;
    if (connection.family == AF_INET)
        bpf_probe_read_kernel(connection.destination, 4, sock + sock_offsets.daddr);
    else if (connection.family == AF_INET6)
        bpf_probe_read_kernel(connection.destination, 16, sock + sock_offsets.v6_daddr);
    else
        return 0;
    if (bpf_probe_read_kernel(&port, sizeof(port), sock + sock_offsets.dport))
        return 0;
    connection.port = __builtin_bswap16(port);
    connection.time = bpf_ktime_get_ns();
    connection.pid = id >> 32;
    connection.uid = bpf_get_current_uid_gid();
    bpf_get_current_comm(connection.comm, sizeof(connection.comm));
    bpf_perf_event_output(ctx, &connections, BPF_F_CURRENT_CPU, &connection, sizeof(connection));
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
