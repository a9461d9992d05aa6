/* FNV-1a over 1 KiB: one byte, one multiplication after the other. */
#include "bench.h"

PROGRAM(fnv1a)
{
    __u8 *data = PACKET(ctx, 1024);
    __u32 hash = 2166136261u;
    for (int i = 0; i < 1024; i++)
        hash = (hash ^ data[i]) * 16777619;
    return hash;
}
