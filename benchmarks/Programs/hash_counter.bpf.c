/* 64 keys of 4 bytes, each counted in a hash map; the first run puts them there. */
#include "bench.h"

HASH_MAP(counters, __u32, __u64, 1024);

PROGRAM(hash_counter)
{
    __u32 *words = (__u32 *)PACKET(ctx, 256);
    __u32 found = 0;
    for (int i = 0; i < 64; i++) {
        __u32 key = words[i];
        __u64 *counter = LOOKUP(counters, &key);
        if (counter) {
            ++*counter;
            found++;
        } else {
            __u64 one = 1;
            UPDATE(counters, &key, &one);
        }
    }
    return found;
}
