/* 128 steps along a ring of 64 nodes that lie in no order. */
#include "bench.h"

struct node {
    __u32 next;
    __u32 weight;
    __u64 stamp;
};

GLOBAL struct node nodes[64];
GLOBAL __u32 filled;

PROGRAM(ring_walk)
{
    struct node *given = (struct node *)PACKET(ctx, 1024);
    if (!filled) {
        for (int i = 0; i < 64; i++)
            nodes[i] = given[i];
        filled = 1;
    }
    __u32 at = given[0].next, sum = 0;
    for (int i = 0; i < 128; i++) {
        struct node *node = &nodes[at & 63];
        sum += node->weight ^ (__u32)(node->stamp >> 8);
        at = node->next;
    }
    return sum;
}
