/* Hashes and bit tricks over a packet's header: population count, leading zeros, bit reversal, Gray code, CRC-32 with a
 * table in .rodata, SipHash-2-4, MurmurHash3, xorshift. */
#include "include/net.h"

#define BYTES 32

/* CRC-32 of the 16 values of half a byte. */
static const volatile __u32 crc_table[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

const volatile __u64 key[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };

struct digest {
    __u32 crc;
    __u32 murmur;
    __u64 sip;
    __u32 ones;
    __u32 leading_zeros;
    __u32 reversed;
    __u32 gray;
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 16);
    __type(key, __u32);
    __type(value, struct digest);
} digests SEC(".maps");

struct block {
    __u8 bytes[BYTES];
};

static __always_inline __u32 popcount(__u64 x)
{
    x -= x >> 1 & 0x5555555555555555;
    x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return x * 0x0101010101010101 >> 56;
}

static __always_inline __u32 reverse_bits(__u32 x)
{
    x = (x >> 1 & 0x55555555) | (x & 0x55555555) << 1;
    x = (x >> 2 & 0x33333333) | (x & 0x33333333) << 2;
    x = (x >> 4 & 0x0f0f0f0f) | (x & 0x0f0f0f0f) << 4;
    return __builtin_bswap32(x);
}

static __noinline __u32 crc32(const struct block *block)
{
    __u32 crc = ~0u;

    for (int i = 0; i < BYTES; i++) {
        crc ^= block->bytes[i];
        crc = crc >> 4 ^ crc_table[crc & 15];
        crc = crc >> 4 ^ crc_table[crc & 15];
    }
    return ~crc;
}

#define ROTATE(x, bits) (((x) << (bits)) | ((x) >> (64 - (bits))))

#define SIP_ROUND                                                                                                      \
    v0 += v1;                                                                                                          \
    v1 = ROTATE(v1, 13) ^ v0;                                                                                          \
    v0 = ROTATE(v0, 32);                                                                                               \
    v2 += v3;                                                                                                          \
    v3 = ROTATE(v3, 16) ^ v2;                                                                                          \
    v0 += v3;                                                                                                          \
    v3 = ROTATE(v3, 21) ^ v0;                                                                                          \
    v2 += v1;                                                                                                          \
    v1 = ROTATE(v1, 17) ^ v2;                                                                                          \
    v2 = ROTATE(v2, 32);

static __noinline __u64 siphash(const struct block *block)
{
    const __u64 *words = (const __u64 *)block->bytes;
    __u64 v0 = 0x736f6d6570736575 ^ key[0], v1 = 0x646f72616e646f6d ^ key[1];
    __u64 v2 = 0x6c7967656e657261 ^ key[0], v3 = 0x7465646279746573 ^ key[1];

#pragma clang loop unroll(full)
    for (int i = 0; i <= BYTES / 8; i++) {
        __u64 word = i < BYTES / 8 ? words[i] : (__u64)BYTES << 56;

        v3 ^= word;
        SIP_ROUND
        SIP_ROUND
        v0 ^= word;
    }
    v2 ^= 0xff;
    SIP_ROUND
    SIP_ROUND
    SIP_ROUND
    SIP_ROUND
    return v0 ^ v1 ^ v2 ^ v3;
}

static __noinline __u32 murmur3(const struct block *block, __u32 seed)
{
    const __u32 *words = (const __u32 *)block->bytes;
    __u32 hash = seed;

    for (int i = 0; i < BYTES / 4; i++) {
        __u32 word = words[i] * 0xcc9e2d51;

        hash ^= rotate_left(word, 15) * 0x1b873593;
        hash = rotate_left(hash, 13) * 5 + 0xe6546b64;
    }
    hash ^= BYTES;
    hash = (hash ^ hash >> 16) * 0x85ebca6b;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35;
    return hash ^ hash >> 16;
}

SEC("xdp")
int digest_packet(struct xdp_md *ctx)
{
    struct cursor cursor = xdp_cursor(ctx);
    const struct block *packet = cursor_take(&cursor, sizeof(*packet));
    struct block block __attribute__((aligned(8)));
    struct digest *digest;
    __u32 slot;

    if (!packet)
        return XDP_PASS;
    __builtin_memcpy(&block, packet, sizeof(block));
    slot = murmur3(&block, 0) & 15;
    digest = bpf_map_lookup_elem(&digests, &slot);
    if (!digest)
        return XDP_ABORTED;
    digest->murmur = murmur3(&block, digest->murmur);
    digest->crc = crc32(&block);
    digest->sip = siphash(&block);
    digest->ones = popcount(digest->sip);
    digest->leading_zeros = 63 - log2_u64(digest->sip | 1);
    digest->reversed = reverse_bits(digest->crc);
    digest->gray = digest->crc ^ digest->crc >> 1;
    return digest->ones > 60 ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
