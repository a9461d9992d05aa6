/* Records of a size that is only known at run time: dynamic pointers into a ring buffer, written in parts, read back as a
 * slice, submitted or discarded on every path. */
#include "include/tracing.h"

#define CHUNK 64

struct header {
    __u64 time;
    __u32 pid;
    __u32 length;
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 65536);
} ring SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_write")
int copy_write(struct trace_event_raw_sys_enter *ctx)
{
    struct header header = { .time = bpf_ktime_get_ns(), .pid = bpf_get_current_pid_tgid() >> 32 }, *in_ring;
    struct bpf_dynptr record;
    __u8 chunk[CHUNK];
    __u64 length = ctx->args[2];

    if (length > 4 * CHUNK)
        length = 4 * CHUNK;
    header.length = length;
    if (bpf_ringbuf_reserve_dynptr(&ring, sizeof(header) + length, 0, &record)) {
        bpf_ringbuf_discard_dynptr(&record, 0); /* also when there is none */
        return 0;
    }
    if (bpf_dynptr_write(&record, 0, &header, sizeof(header), 0))
        goto discard;
    for (__u32 i = 0; i < 4; i++) {
        __u64 left = length - i * CHUNK;

        if (i * CHUNK >= length)
            break;
        if (left > CHUNK)
            left = CHUNK;
        barrier_var(left);
        if (left == 0 || left > CHUNK)
            break;
        if (bpf_probe_read_user(chunk, sizeof(chunk), (const void *)ctx->args[1] + i * CHUNK))
            goto discard;
        if (bpf_dynptr_write(&record, sizeof(header) + i * CHUNK, chunk, left, 0))
            goto discard;
    }
    in_ring = bpf_dynptr_data(&record, 0, sizeof(*in_ring));
    if (in_ring)
        in_ring->time = bpf_ktime_get_ns() - in_ring->time;
    bpf_ringbuf_submit_dynptr(&record, 0);
    return 0;
discard:
    bpf_ringbuf_discard_dynptr(&record, 0);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
