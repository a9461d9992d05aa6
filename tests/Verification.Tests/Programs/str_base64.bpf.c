/* Encodes what a process writes as base64 and as a hex dump, and decodes the first to see that nothing was lost. The
 * alphabet and its inverse are tables in .rodata. */
#include "include/tracing.h"

#define BYTES 24
#define CHARACTERS (BYTES / 3 * 4)

static const char alphabet[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#define BAD 255

/* From '+' (43) to 'z' (122). */
static const volatile __u8 values[80] = {
    62, BAD, BAD, BAD, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, BAD, BAD, BAD, BAD, BAD,
    BAD, BAD, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
    18, 19, 20, 21, 22, 23, 24, 25, BAD, BAD, BAD, BAD, BAD, BAD, 26, 27, 28, 29, 30, 31,
    32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
};

struct record {
    __u8 bytes[BYTES];
    char base64[CHARACTERS];
    char hex[BYTES * 3];
    __u32 length;
    __u32 is_faithful;
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 65536);
} records SEC(".maps");

static __always_inline void encode(const __u8 *bytes, char *text)
{
    for (int i = 0; i < BYTES / 3; i++) {
        __u32 word = bytes[3 * i] << 16 | bytes[3 * i + 1] << 8 | bytes[3 * i + 2];

        text[4 * i] = alphabet[word >> 18 & 63];
        text[4 * i + 1] = alphabet[word >> 12 & 63];
        text[4 * i + 2] = alphabet[word >> 6 & 63];
        text[4 * i + 3] = alphabet[word & 63];
    }
}

static __always_inline __u8 value_of(__u32 character)
{
    character -= '+';
    return character < sizeof(values) ? values[character] : BAD;
}

static __always_inline bool decode(const char *text, __u8 *bytes)
{
    for (int i = 0; i < BYTES / 3; i++) {
        __u32 word = 0;

        for (int j = 0; j < 4; j++) {
            __u8 value = value_of(text[4 * i + j]);

            if (value == BAD)
                return false;
            word = word << 6 | value;
        }
        bytes[3 * i] = word >> 16;
        bytes[3 * i + 1] = word >> 8;
        bytes[3 * i + 2] = word;
    }
    return true;
}

SEC("tracepoint/syscalls/sys_enter_write")
int encode_write(struct trace_event_raw_sys_enter *ctx)
{
    struct record *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);
    __u8 decoded[BYTES] = {};
    __u64 length = ctx->args[2];

    if (!record)
        return 0;
    if (length > BYTES)
        length = BYTES;
    __builtin_memset(record->bytes, 0, sizeof(record->bytes));
    if (bpf_probe_read_user(record->bytes, length, (const void *)ctx->args[1])) {
        bpf_ringbuf_discard(record, 0);
        return 0;
    }
    encode(record->bytes, record->base64);
    for (int i = 0; i < BYTES; i++) {
        __u8 byte = record->bytes[i];

        record->hex[3 * i] = "0123456789abcdef"[byte >> 4];
        record->hex[3 * i + 1] = "0123456789abcdef"[byte & 15];
        record->hex[3 * i + 2] = i % 8 == 7 ? '\n' : ' ';
    }
    record->length = length;
    record->is_faithful = decode(record->base64, decoded);
    for (int i = 0; i < BYTES; i++)
        record->is_faithful &= decoded[i] == record->bytes[i];
    bpf_ringbuf_submit(record, 0);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
