/* A record of a ring buffer on many ways: made in one function and finished in others, sent with or without waking the
 * reader, thrown away on errors, two records at once, and one by bpf_ringbuf_output when the ring is fuller than half. */
#include "include/tracing.h"

struct header {
    __u32 kind;
    __u32 length;
    __u64 time;
};

struct open_record {
    struct header header;
    __u64 flags;
    char path[64];
};

struct exit_record {
    struct header header;
    __s64 result;
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 * 1024);
} ring SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096);
} urgent SEC(".maps");

__u64 lost, discarded;

static __always_inline void fill_header(struct header *header, __u32 kind, __u32 length)
{
    header->kind = kind;
    header->length = length;
    header->time = bpf_ktime_get_ns();
}

static __always_inline __u64 wake_flags(void)
{
    __u64 available = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);

    return available > bpf_ringbuf_query(&ring, BPF_RB_RING_SIZE) / 4 ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static __noinline bool fill_path(struct open_record *record, const void *path)
{
    long length = bpf_probe_read_user_str(record->path, sizeof(record->path), path);

    return length > 1 && record->path[0] != '.';
}

SEC("tracepoint/syscalls/sys_enter_openat")
int on_open(struct trace_event_raw_sys_enter *ctx)
{
    struct open_record *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
    struct header *notice;

    if (!record) {
        __sync_fetch_and_add(&lost, 1);
        return 0;
    }
    fill_header(&record->header, 1, sizeof(*record));
    record->flags = ctx->args[2];
    if (!fill_path(record, (const void *)ctx->args[1])) {
        bpf_ringbuf_discard(record, 0);
        __sync_fetch_and_add(&discarded, 1);
        return 0;
    }
    if (!(record->flags & 0x40)) { /* O_CREAT */
        bpf_ringbuf_submit(record, wake_flags());
        return 0;
    }
    notice = bpf_ringbuf_reserve(&urgent, sizeof(*notice), 0);
    if (notice) {
        fill_header(notice, 2, sizeof(*notice));
        bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
        bpf_ringbuf_submit(notice, BPF_RB_FORCE_WAKEUP);
    } else {
        bpf_ringbuf_submit(record, BPF_RB_FORCE_WAKEUP);
    }
    return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat")
int on_result(struct trace_event_raw_sys_exit *ctx)
{
    struct exit_record record = { .result = ctx->ret };

    if (bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) > 128 * 1024)
        return 0;
    fill_header(&record.header, 3, sizeof(record));
    if (bpf_ringbuf_output(&ring, &record, sizeof(record), 0))
        __sync_fetch_and_add(&lost, 1);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
