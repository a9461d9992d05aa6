/* Writes a line of text about every open, digit by digit, into a record of a ring buffer; all loops are unrolled, so that
 * every place in the line is a constant. Wide decimal fields, hexadecimal, a name with its control characters escaped. */
#include "include/tracing.h"

#define NAME_LENGTH 48
#define DIGITS 12

#define UNROLL _Pragma("clang loop unroll(full)")

struct report {
    char pid[DIGITS];
    char uid[DIGITS];
    char time[20];
    char flags[16];
    char mode[4];
    char checksum[8];
    char comm[TASK_COMM_LEN * 2];
    char name[NAME_LENGTH * 2];
    __u32 escaped;
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 * 1024);
} reports SEC(".maps");

static __always_inline void put_decimal(char *field, __u32 width, __u64 value)
{
    UNROLL
    for (int i = width - 1; i >= 0; i--) {
        field[i] = value || i == width - 1 ? '0' + value % 10 : ' ';
        value /= 10;
    }
}

static __always_inline void put_hex(char *field, __u32 width, __u64 value)
{
    UNROLL
    for (int i = width - 1; i >= 0; i--) {
        __u8 digit = value & 15;

        field[i] = digit < 10 ? '0' + digit : 'a' - 10 + digit;
        value >>= 4;
    }
}

/* Two characters for each: the second is 0 unless the first is a backslash. */
static __always_inline __u32 put_escaped(char *field, const char *text, __u32 length)
{
    __u32 escaped = unknown_zero;

    UNROLL
    for (int i = 0; i < length; i++) {
        char c = text[i], second = 0;

        if (c == '\\' || c == '"') {
            second = c;
            c = '\\';
        } else if (c == '\n') {
            second = 'n';
            c = '\\';
        } else if (c == '\t') {
            second = 't';
            c = '\\';
        } else if ((__u8)c < ' ' && c) {
            second = '?';
            c = '\\';
        }
        escaped += second != 0;
        field[2 * i] = c;
        field[2 * i + 1] = second;
    }
    return escaped;
}

static __always_inline __u32 adler32(const char *text, __u32 length)
{
    __u64 a = 1, b = 0;

    UNROLL
    for (int i = 0; i < length; i++) {
        a += (__u8)text[i];
        b += a;
    }
    return (b % 65521) << 16 | a % 65521;
}

SEC("tracepoint/syscalls/sys_enter_openat")
int report_open(struct trace_event_raw_sys_enter *ctx)
{
    struct report *report = bpf_ringbuf_reserve(&reports, sizeof(*report), 0);
    char name[NAME_LENGTH] = {}, comm[TASK_COMM_LEN];

    if (!report)
        return 0;
    if (bpf_probe_read_user_str(name, sizeof(name), (const void *)ctx->args[1]) < 0) {
        bpf_ringbuf_discard(report, 0);
        return 0;
    }
    bpf_get_current_comm(comm, sizeof(comm));
    put_decimal(report->pid, sizeof(report->pid), bpf_get_current_pid_tgid() >> 32);
    put_decimal(report->uid, sizeof(report->uid), (__u32)bpf_get_current_uid_gid());
    put_decimal(report->time, sizeof(report->time), bpf_ktime_get_ns());
    put_hex(report->flags, sizeof(report->flags), ctx->args[2]);
    put_hex(report->mode, sizeof(report->mode), ctx->args[3]);
    put_hex(report->checksum, sizeof(report->checksum), adler32(name, sizeof(name)));
    report->escaped = put_escaped(report->comm, comm, sizeof(comm));
    report->escaped += put_escaped(report->name, name, sizeof(name));
    bpf_ringbuf_submit(report, report->escaped ? BPF_RB_FORCE_WAKEUP : 0);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
