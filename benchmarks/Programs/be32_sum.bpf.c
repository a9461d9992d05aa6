/* 32-bit numbers in network order, put together from bytes. */
#include "bench.h"

PROGRAM(be32_sum)
{
    __u8 *data = PACKET(ctx, 1024);
    __u32 sum = 0;
    for (int i = 0; i < 1024; i += 4)
        sum += (__u32)data[i] << 24 | data[i + 1] << 16 | data[i + 2] << 8 | data[i + 3];
    return sum;
}
