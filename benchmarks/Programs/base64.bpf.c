/* 512 characters of base64 (RFC 4648), decoded by comparisons. */
#include "bench.h"

static __always_inline __u32 value(__u32 c)
{
    if (c - 'A' < 26)
        return c - 'A';
    if (c - 'a' < 26)
        return c - 'a' + 26;
    if (c - '0' < 10)
        return c - '0' + 52;
    return c == '+' ? 62 : 63;
}

PROGRAM(base64)
{
    __u8 *text = PACKET(ctx, 512);
    __u32 sum = 0;
    for (int i = 0; i < 512; i += 4) {
        __u32 group = value(text[i]) << 18 | value(text[i + 1]) << 12 | value(text[i + 2]) << 6 | value(text[i + 3]);
        sum = sum * 31 + group;
    }
    return sum;
}
