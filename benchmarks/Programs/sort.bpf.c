/* Insertion sort of 24 numbers on the stack. The number is carried up by exchanging, so that verifiers know every index. */
#include "bench.h"

#define COUNT 24

PROGRAM(sort)
{
    __u32 *words = (__u32 *)PACKET(ctx, 4 * COUNT);
    __u32 sorted[COUNT], sum = 0;
    for (int i = 0; i < COUNT; i++) {
        __u32 value = words[i];
        for (int at = 0; at < i; at++) {
            __u32 other = sorted[at];
            if (other > value) {
                sorted[at] = value;
                value = other;
            }
        }
        sorted[i] = value;
    }
    for (int i = 0; i < COUNT; i++)
        sum = sum * 31 + sorted[i];
    return sum;
}
