// Static and global subprograms in .text and in program sections, calls across sections, callbacks.
#include "bpf_test.h"

volatile int sink;

static __noinline int leaf(int a)
{
    sink += a;
    return a * 3;
}

static __noinline int middle(int a)
{
    return leaf(a + 1) + leaf(a + 2);
}

__noinline int shared(int a)
{
    sink = a;
    return middle(a) - 1;
}

__hidden __noinline int hidden(int a)
{
    sink ^= a;
    return shared(a) + 5;
}

static long each(__u32 index, void *ctx)
{
    *(int *)ctx += leaf(index);
    return 0;
}

SEC("socket/first")
int first(void *ctx)
{
    return middle(7);
}

SEC("socket/first")
int second(void *ctx)
{
    return hidden(9) + shared(2);
}

SEC("raw/third")
__noinline int third(void *ctx)
{
    int total = 0;
    bpf_loop(4, each, &total, 0);
    return total;
}

SEC("raw/fourth")
int fourth(void *ctx)
{
    return third(ctx) + first(ctx);
}

SEC("raw/alone")
int alone(void *ctx)
{
    return 1;
}

char _license[] SEC("license") = "Dual MIT/GPL";
