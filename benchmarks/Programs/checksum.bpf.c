/* The internet checksum (RFC 1071) of 1 KiB, by 16-bit words. */
#include "bench.h"

PROGRAM(checksum)
{
    __u16 *words = (__u16 *)PACKET(ctx, 1024);
    __u32 sum = 0;
    for (int i = 0; i < 512; i++)
        sum += words[i];
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (__u16)~sum;
}
