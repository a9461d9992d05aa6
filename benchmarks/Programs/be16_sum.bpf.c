/* 16-bit numbers in network order, put together from bytes. */
#include "bench.h"

PROGRAM(be16_sum)
{
    __u8 *data = PACKET(ctx, 1024);
    __u32 sum = 0;
    for (int i = 0; i < 1024; i += 2)
        sum += data[i] << 8 | data[i + 1];
    return sum;
}
