/* The bits set in 1 KiB, counted in parallel within 64-bit words. */
#include "bench.h"

PROGRAM(popcount)
{
    __u64 *words = (__u64 *)PACKET(ctx, 1024);
    __u32 count = 0;
    for (int i = 0; i < 128; i++) {
        __u64 word = words[i];
        word -= word >> 1 & 0x5555555555555555ULL;
        word = (word & 0x3333333333333333ULL) + (word >> 2 & 0x3333333333333333ULL);
        word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
        count += word * 0x0101010101010101ULL >> 56;
    }
    return count;
}
