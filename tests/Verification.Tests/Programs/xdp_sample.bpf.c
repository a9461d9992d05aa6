/* Sends the beginning of one packet in a thousand to user space, through a perf buffer and, in a second program, through
 * a ring buffer; the second puts a mark before the packet for whoever sees it next. */
#include "include/net.h"

#define SNAP_LENGTH 64

struct sample {
    __u64 time;
    __u32 length;
    __u32 queue;
    __u8 bytes[SNAP_LENGTH];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
    __uint(key_size, 4);
    __uint(value_size, 4);
    __uint(max_entries, 64);
} samples SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 128 * 1024);
} ring SEC(".maps");

const volatile __u32 one_in = 1000;

SEC("xdp")
int sample_to_perf(struct xdp_md *ctx)
{
    struct {
        __u64 time;
        __u32 length;
        __u32 queue;
    } header = {
        .length = ctx->data_end - ctx->data,
        .queue = ctx->rx_queue_index,
    };
    __u64 snap = header.length < SNAP_LENGTH ? header.length : SNAP_LENGTH;

    if (one_in == 0 || bpf_get_prandom_u32() % one_in)
        return XDP_PASS;
    header.time = bpf_ktime_get_ns();
    /* The upper half of the flags: how much of the packet to append. */
    bpf_perf_event_output(ctx, &samples, (snap << 32) | BPF_F_CURRENT_CPU, &header, sizeof(header));
    return XDP_PASS;
}

SEC("xdp")
int sample_to_ring(struct xdp_md *ctx)
{
    void *data, *end;
    struct sample *sample;
    __u32 *mark;

    if (one_in == 0 || bpf_get_prandom_u32() % one_in)
        return XDP_PASS;
    if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*mark)))
        return XDP_PASS;
    data = (void *)(long)ctx->data;
    mark = (void *)(long)ctx->data_meta;
    if ((void *)(mark + 1) > data)
        return XDP_PASS;
    *mark = 0x5ca3;

    sample = bpf_ringbuf_reserve(&ring, sizeof(*sample), 0);
    if (!sample)
        return XDP_PASS;
    data = (void *)(long)ctx->data;
    end = (void *)(long)ctx->data_end;
    if (data + SNAP_LENGTH > end) {
        bpf_ringbuf_discard(sample, 0);
        return XDP_PASS;
    }
    sample->time = bpf_ktime_get_ns();
    sample->length = end - data;
    sample->queue = ctx->rx_queue_index;
    __builtin_memcpy(sample->bytes, data, SNAP_LENGTH);
    bpf_ringbuf_submit(sample, 0);
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
