/* Eight pairs of strings of up to 63 characters, compared as strcmp does. */
#include "bench.h"

PROGRAM(string_compare)
{
    __u8 *data = PACKET(ctx, 1024);
    __u32 sum = 0;
    for (int pair = 0; pair < 8; pair++) {
        __u8 *a = data + pair * 128, *b = a + 64;
        int difference = 0;
        for (int i = 0; i < 64; i++) {
            difference = a[i] - b[i];
            if (difference || !a[i])
                break;
        }
        sum = sum * 31 + difference;
    }
    return sum;
}
