/* 64-bit numbers in network order, put together from bytes. */
#include "bench.h"

static __always_inline __u64 be32(__u8 *data)
{
    return (__u32)data[0] << 24 | data[1] << 16 | data[2] << 8 | data[3];
}

PROGRAM(be64_sum)
{
    __u8 *data = PACKET(ctx, 1024);
    __u64 sum = 0;
    for (int i = 0; i < 1024; i += 8)
        sum += be32(data + i) << 32 | be32(data + i + 4);
    return (__u32)(sum ^ sum >> 32);
}
