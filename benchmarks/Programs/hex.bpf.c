/* 512 hexadecimal digits, decoded without branches. */
#include "bench.h"

static __always_inline __u32 value(__u32 c)
{
    return (c & 15) + (c >> 6) * 9;
}

PROGRAM(hex)
{
    __u8 *text = PACKET(ctx, 512);
    __u32 sum = 0;
    for (int i = 0; i < 512; i += 2)
        sum = sum * 31 + (value(text[i]) << 4 | value(text[i + 1]));
    return sum;
}
