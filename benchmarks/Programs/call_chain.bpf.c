/* Functions that call functions, three deep: 192 calls that no compiler may take away. */
#include "bench.h"

static __noinline __u32 third(__u32 x, __u32 y)
{
    return (x ^ y) * 2654435761u;
}

static __noinline __u32 second(__u32 x, __u32 y)
{
    return third(x + y, y) ^ x;
}

static __noinline __u32 first(__u32 x, __u32 y)
{
    return second(x, y + 1) + y;
}

PROGRAM(call_chain)
{
    __u32 *words = (__u32 *)PACKET(ctx, 256);
    __u32 sum = 0;
    for (int i = 0; i < 64; i++)
        sum = first(sum, words[i]);
    return sum;
}
