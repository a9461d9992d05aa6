/* 32 keys of 4 bytes in a hash map, each given a new value; the first run puts them there. */
#include "bench.h"

HASH_MAP(values, __u32, __u64, 1024);

PROGRAM(hash_update)
{
    __u32 *words = (__u32 *)PACKET(ctx, 128);
    __u32 failed = 0;
    for (int i = 0; i < 32; i++) {
        __u32 key = words[i];
        __u64 value = key + i;
        failed += UPDATE(values, &key, &value) != 0;
    }
    return 32 - failed;
}
