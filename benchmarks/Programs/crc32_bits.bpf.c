/* CRC-32 (IEEE 802.3) of 128 bytes, bit by bit. */
#include "bench.h"

PROGRAM(crc32_bits)
{
    __u8 *data = PACKET(ctx, 128);
    __u32 crc = ~0u;
    for (int i = 0; i < 128; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}
