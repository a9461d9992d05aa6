/* 512 bytes of numbers in groups of seven bits (LEB128), summed. */
#include "bench.h"

PROGRAM(varint)
{
    __u8 *data = PACKET(ctx, 512);
    __u64 sum = 0, number = 0;
    __u32 shift = 0;
    for (int i = 0; i < 512; i++) {
        __u64 byte = data[i];
        number |= (byte & 127) << (shift & 63);
        shift += 7;
        if (byte < 128) {
            sum += number;
            number = 0;
            shift = 0;
        }
    }
    return (__u32)(sum ^ sum >> 32);
}
