/* SipHash-2-4 of 512 bytes: additions, exclusive ors and rotates of 64 bits, each waiting for the last. */
#include "bench.h"

#define ROUND(a, b, c, d)                                                                                              \
    do {                                                                                                               \
        a += b, c += d, b = ROTL64(b, 13) ^ a, d = ROTL64(d, 16) ^ c, a = ROTL64(a, 32);                               \
        c += b, a += d, b = ROTL64(b, 17) ^ c, d = ROTL64(d, 21) ^ a, c = ROTL64(c, 32);                               \
    } while (0)

PROGRAM(siphash)
{
    __u64 *words = (__u64 *)PACKET(ctx, 528);
    __u64 a = words[64] ^ 0x736f6d6570736575ULL, b = words[65] ^ 0x646f72616e646f6dULL;
    __u64 c = words[64] ^ 0x6c7967656e657261ULL, d = words[65] ^ 0x7465646279746573ULL;
    for (int i = 0; i < 64; i++) {
        d ^= words[i];
        ROUND(a, b, c, d);
        ROUND(a, b, c, d);
        a ^= words[i];
    }
    c ^= 0xff;
    for (int i = 0; i < 4; i++)
        ROUND(a, b, c, d);
    a ^= b ^ c ^ d;
    return (__u32)(a ^ a >> 32);
}
