// 64 programs that all call one large function.
#include "bpf_test.h"

volatile __u64 sink;

#define STEP sink = sink * 3 + a;
#define STEPS4 STEP STEP STEP STEP
#define STEPS16 STEPS4 STEPS4 STEPS4 STEPS4
#define STEPS64 STEPS16 STEPS16 STEPS16 STEPS16
#define STEPS256 STEPS64 STEPS64 STEPS64 STEPS64

__noinline int large(int a)
{
    STEPS256
    return a;
}

#define PROGRAM(number) SEC("socket") int JOIN(program, number)(void *ctx) { return large(number); }
#define PROGRAMS8(number) PROGRAM(JOIN(number, 0)) PROGRAM(JOIN(number, 1)) PROGRAM(JOIN(number, 2)) PROGRAM(JOIN(number, 3)) \
    PROGRAM(JOIN(number, 4)) PROGRAM(JOIN(number, 5)) PROGRAM(JOIN(number, 6)) PROGRAM(JOIN(number, 7))

PROGRAMS8(1) PROGRAMS8(2) PROGRAMS8(3) PROGRAMS8(4) PROGRAMS8(5) PROGRAMS8(6) PROGRAMS8(7) PROGRAMS8(8)
