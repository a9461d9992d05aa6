/* The 20 rounds of ChaCha20 (RFC 8439), twice: sixteen live values where eBPF has ten registers. */
#include "bench.h"

#define QUARTER(a, b, c, d)                                                                                            \
    do {                                                                                                               \
        a += b, d = ROTL32(d ^ a, 16);                                                                                 \
        c += d, b = ROTL32(b ^ c, 12);                                                                                 \
        a += b, d = ROTL32(d ^ a, 8);                                                                                  \
        c += d, b = ROTL32(b ^ c, 7);                                                                                  \
    } while (0)

PROGRAM(chacha20)
{
    __u32 *key = (__u32 *)PACKET(ctx, 48);
    __u32 x0 = 0x61707865, x1 = 0x3320646e, x2 = 0x79622d32, x3 = 0x6b206574;
    __u32 x4 = key[0], x5 = key[1], x6 = key[2], x7 = key[3], x8 = key[4], x9 = key[5], x10 = key[6], x11 = key[7];
    __u32 x12 = key[8], x13 = key[9], x14 = key[10], x15 = key[11];
    for (int round = 0; round < 20; round++) {
        QUARTER(x0, x4, x8, x12);
        QUARTER(x1, x5, x9, x13);
        QUARTER(x2, x6, x10, x14);
        QUARTER(x3, x7, x11, x15);
        QUARTER(x0, x5, x10, x15);
        QUARTER(x1, x6, x11, x12);
        QUARTER(x2, x7, x8, x13);
        QUARTER(x3, x4, x9, x14);
    }
    return (x0 ^ x1 ^ x2 ^ x3) + (x4 ^ x5 ^ x6 ^ x7) + (x8 ^ x9 ^ x10 ^ x11) + (x12 ^ x13 ^ x14 ^ x15);
}
