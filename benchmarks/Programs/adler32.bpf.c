/* Adler-32 (RFC 1950) of 1 KiB: two sums, each byte added to both. */
#include "bench.h"

PROGRAM(adler32)
{
    __u8 *data = PACKET(ctx, 1024);
    __u32 a = 1, b = 0;
    for (int i = 0; i < 1024; i++) {
        a += data[i];
        b += a;
    }
    return b % 65521 << 16 | a % 65521;
}
