/* 192 bytes, each counted in an array map. */
#include "bench.h"

ARRAY_MAP(counters, __u64, 256);

PROGRAM(array_counter)
{
    __u8 *data = PACKET(ctx, 192);
    __u32 found = 0;
    for (int i = 0; i < 192; i++) {
        __u32 key = data[i];
        __u64 *counter = LOOKUP(counters, &key);
        if (counter) {
            ++*counter;
            found++;
        }
    }
    return found;
}
