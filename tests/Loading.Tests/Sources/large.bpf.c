// Ten thousand instructions, on many lines.
#include "bpf_test.h"

volatile __u64 sink;

#define STEP sink = sink * 3 + a;
#define STEPS4 STEP STEP STEP STEP
#define STEPS16 STEPS4 STEPS4 STEPS4 STEPS4
#define STEPS64 STEPS16 STEPS16 STEPS16 STEPS16
#define STEPS256 STEPS64 STEPS64 STEPS64 STEPS64

SEC("socket")
int large(void *context)
{
    __u64 a = (__u64)context;
    STEPS256
    STEPS256
    STEPS256
    STEPS256
    STEPS256
    STEPS256
    STEPS256
    STEPS256
    STEPS256
    STEPS256
    return 0;
}
