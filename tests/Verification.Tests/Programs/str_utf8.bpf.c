/* Is a file name valid UTF-8? Counts code points, refuses overlong forms, surrogates and what is past U+10FFFF. */
#include "include/tracing.h"

#define NAME_LENGTH 64

struct name {
    __u8 bytes[NAME_LENGTH];
};

__u64 names[3]; /* valid ASCII, valid, invalid */
__u64 code_points;

static __noinline int validate(const struct name *name)
{
    __u32 points = unknown_zero, left = 0, point = 0, least = 0;
    bool is_bad = false;

#pragma clang loop unroll(disable)
    for (int i = 0; i < NAME_LENGTH; i++) {
        __u8 byte = name->bytes[i];

        if (left) {
            is_bad = (byte & 0xc0) != 0x80;
            if (is_bad)
                break;
            point = point << 6 | (byte & 0x3f);
            if (--left)
                continue;
            is_bad = point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000);
            if (is_bad)
                break;
            points++;
        } else if (byte == 0) {
            break;
        } else if (byte < 0x80) {
            points++;
        } else if ((byte & 0xe0) == 0xc0) {
            left = 1;
            point = byte & 0x1f;
            least = 0x80;
        } else if ((byte & 0xf0) == 0xe0) {
            left = 2;
            point = byte & 0x0f;
            least = 0x800;
        } else if ((byte & 0xf8) == 0xf0) {
            left = 3;
            point = byte & 0x07;
            least = 0x10000;
        } else {
            is_bad = true;
            break;
        }
    }
    return left || is_bad ? -1 : (int)points;
}

SEC("tracepoint/syscalls/sys_enter_unlink")
int check_name(struct trace_event_raw_sys_enter *ctx)
{
    struct name name = {};
    long length = bpf_probe_read_user_str(name.bytes, sizeof(name.bytes), (const void *)ctx->args[0]);
    int points;

    if (length <= 0)
        return 0;
    points = validate(&name);
    if (points < 0) {
        __sync_fetch_and_add(&names[2], 1);
        return 0;
    }
    __sync_fetch_and_add(&code_points, points);
    __sync_fetch_and_add(&names[points != length - 1], 1);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
