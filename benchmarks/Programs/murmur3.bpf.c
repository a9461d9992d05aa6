/* MurmurHash3 (32 bits) of 1 KiB: multiplications and rotates on 32-bit words. */
#include "bench.h"

PROGRAM(murmur3)
{
    __u32 *words = (__u32 *)PACKET(ctx, 1024);
    __u32 hash = 42;
    for (int i = 0; i < 256; i++) {
        __u32 word = words[i] * 0xcc9e2d51;
        hash ^= ROTL32(word, 15) * 0x1b873593;
        hash = ROTL32(hash, 13) * 5 + 0xe6546b64;
    }
    hash ^= 1024;
    hash = (hash ^ hash >> 16) * 0x85ebca6b;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35;
    return hash ^ hash >> 16;
}
