/* XXH64 of 2 KiB: four lanes of 64 bits, mixed by multiplications and rotates. */
#include "bench.h"

#define PRIME1 0x9e3779b185ebca87ULL
#define PRIME2 0xc2b2ae3d27d4eb4fULL
#define PRIME3 0x165667b19e3779f9ULL
#define PRIME4 0x85ebca77c2b2ae63ULL

static __always_inline __u64 mix(__u64 lane, __u64 word)
{
    lane += word * PRIME2;
    return ROTL64(lane, 31) * PRIME1;
}

static __always_inline __u64 merge(__u64 hash, __u64 lane)
{
    return (hash ^ mix(0, lane)) * PRIME1 + PRIME4;
}

PROGRAM(xxhash64)
{
    __u64 *words = (__u64 *)PACKET(ctx, 2048);
    __u64 a = PRIME1 + PRIME2, b = PRIME2, c = 0, d = -PRIME1;
    for (int i = 0; i < 256; i += 4) {
        a = mix(a, words[i]);
        b = mix(b, words[i + 1]);
        c = mix(c, words[i + 2]);
        d = mix(d, words[i + 3]);
    }
    __u64 hash = ROTL64(a, 1) + ROTL64(b, 7) + ROTL64(c, 12) + ROTL64(d, 18);
    hash = merge(merge(merge(merge(hash, a), b), c), d) + 2048;
    hash = (hash ^ hash >> 33) * PRIME2;
    hash = (hash ^ hash >> 29) * PRIME3;
    hash ^= hash >> 32;
    return (__u32)(hash ^ hash >> 32);
}
