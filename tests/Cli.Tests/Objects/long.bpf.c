/* A loop that ends, and takes the verifier long to see it. */
#include <skep/bpf.h>

SEC("timer/1s")
int counts(void *ctx)
{
    for (int i = 0; i < 1000000000; i++)
        asm volatile("" : "+r"(i));
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
