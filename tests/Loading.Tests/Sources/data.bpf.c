// Data sections: variables and strings, static and global, a custom section.
#include "bpf_test.h"

enum colour { RED, GREEN = 5, BLUE };

int first = 11;
__u64 second = 0x1122334455667788;
static volatile int third = 33;
volatile __u32 zeroed;
static volatile __u64 zeroed_static;
const volatile int limit = 42;
const volatile char name[16] = "skep";
enum colour favourite = BLUE;
int custom SEC(".data.custom") = 99;
int unused_custom SEC(".rodata.unused") = 1;

static __noinline int local_static(void)
{
    static volatile int third = 77;
    return ++third;
}

SEC("socket")
int sum(void *ctx)
{
    static const char format[] = "sum %d";
    bpf_trace_printk(format, sizeof(format), 1);
    const char *text = "literal text that lives in a string section";
    bpf_trace_printk(text, 44);
    zeroed++;
    zeroed_static++;
    third++;
    custom++;
    return first + second + third + limit + name[1] + favourite + local_static();
}
