/* Two 8 by 8 matrices of 32-bit numbers, multiplied. */
#include "bench.h"

PROGRAM(matrix)
{
    __u32 *left = (__u32 *)PACKET(ctx, 512), *right = left + 64;
    __u32 product[64];
    for (int row = 0; row < 8; row++)
        for (int column = 0; column < 8; column++) {
            __u32 sum = 0;
            for (int i = 0; i < 8; i++)
                sum += left[row * 8 + i] * right[i * 8 + column];
            product[row * 8 + column] = sum;
        }
    __u32 trace = 0;
    for (int i = 0; i < 64; i++)
        trace = trace * 31 + product[i];
    return trace;
}
