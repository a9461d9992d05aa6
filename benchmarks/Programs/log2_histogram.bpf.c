/* 128 numbers, each counted by its order of magnitude. */
#include "bench.h"

GLOBAL __u64 slots[32];

static __always_inline __u32 log2_of(__u32 value)
{
    __u32 result = (value > 0xffff) << 4;
    value >>= result;
    __u32 shift = (value > 0xff) << 3;
    value >>= shift;
    result |= shift;
    shift = (value > 0xf) << 2;
    value >>= shift;
    result |= shift;
    shift = (value > 0x3) << 1;
    value >>= shift;
    return result | shift | value >> 1;
}

PROGRAM(log2_histogram)
{
    __u32 *words = (__u32 *)PACKET(ctx, 512);
    __u32 sum = 0;
    for (int i = 0; i < 128; i++) {
        __u32 slot = log2_of(words[i]) & 31;
        slots[slot]++;
        sum += slot;
    }
    return sum;
}
