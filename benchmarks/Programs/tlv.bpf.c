/* A list of type, length and value, as options and extensions come: each length says where the next one is. */
#include "bench.h"

PROGRAM(tlv)
{
    __u8 *end = (__u8 *)(long)ctx->data_end;
    __u8 *data = PACKET(ctx, 1024);
    __u32 at = 0, sum = 0;
    for (int i = 0; i < 100; i++) {
        __u8 *item = data + (at & 1023);
        if (item + 6 > end || item[0] == 0)
            break;
        if (item[0] == 7)
            sum += item[2] << 8 | item[3];
        else
            sum = sum * 31 + item[0];
        at += 2 + item[1];
    }
    return sum;
}
