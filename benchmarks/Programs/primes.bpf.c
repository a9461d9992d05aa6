/* The primes below a limit, by trial division. */
#include "bench.h"

PROGRAM(primes)
{
    __u8 *data = PACKET(ctx, 16);
    __u32 limit = 192 + (data[0] & 7), count = 0;
    for (__u32 candidate = 2; candidate < 200 && candidate < limit; candidate++) {
        __u32 divisor = 2;
        while (divisor * divisor <= candidate && candidate % divisor)
            divisor++;
        count += divisor * divisor > candidate;
    }
    return count;
}
