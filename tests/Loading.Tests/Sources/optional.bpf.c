// A program that is loaded only when it is asked for, a static one, and one in .text.name.
#include "bpf_test.h"

SEC("?raw/optional")
int optional(void *ctx)
{
    return 1;
}

SEC("raw/static")
static int hidden_entry(void *ctx)
{
    return 2;
}

__attribute__((section(".text.cold"))) __noinline int cold(int a)
{
    return a + 1;
}

SEC("raw/plain")
int plain(void *ctx)
{
    return cold(3);
}
