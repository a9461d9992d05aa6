/* Arithmetic: products of small matrices with coefficients in .rodata, a fixed-point neural net of two layers that scores
 * a system call's arguments, an integer square root and a greatest common divisor. */
#include "include/tracing.h"

#define INPUTS 6
#define HIDDEN 8

const volatile __s16 first_layer[HIDDEN][INPUTS + 1] = {
    { 12, -5, 33, 7, -9, 4, 100 }, { -8, 21, 3, -14, 6, 2, -50 }, { 5, 5, 5, 5, 5, 5, 0 }, { 40, -40, 1, 0, 0, 9, 10 },
    { -3, 2, -1, 1, -2, 3, 77 }, { 9, 8, 7, 6, 5, 4, -300 }, { 0, 0, 64, 0, -64, 0, 5 }, { -1, -1, -1, -1, -1, -1, 255 },
};
const volatile __s16 second_layer[HIDDEN + 1] = { 3, -7, 12, 1, -1, 20, -5, 8, -1000 };

__s64 scores[8];
__s64 product[4][4];

static __noinline __u32 square_root(__u64 x)
{
    __u64 root = unknown_zero, bit = 1ULL << 62;

    for (int i = 0; i < 32; i++) {
        if (x >= root + bit) {
            x -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
        bit >>= 2;
    }
    return root;
}

static __noinline __u64 greatest_divisor(__u64 a, __u64 b)
{
    for (int i = 0; i < 48 && b; i++) {
        __u64 rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

static __noinline __s64 evaluate(const __s64 *inputs)
{
    __s64 hidden[HIDDEN], sum;

    for (int i = 0; i < HIDDEN; i++) {
        sum = first_layer[i][INPUTS];
        for (int j = 0; j < INPUTS; j++)
            sum += first_layer[i][j] * inputs[j];
        hidden[i] = sum > 0 ? sum >> 4 : 0;
    }
    sum = second_layer[HIDDEN];
    for (int i = 0; i < HIDDEN; i++)
        sum += second_layer[i] * hidden[i];
    return sum;
}

static __noinline void multiply(const __s32 (*a)[4], const __s32 (*b)[4])
{
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            __s64 sum = 0;

            for (int k = 0; k < 4; k++)
                sum += (__s64)a[i][k] * b[k][j];
            product[i][j] = sum;
        }
    }
}

SEC("tracepoint/raw_syscalls/sys_enter")
int score_call(struct trace_event_raw_sys_enter *ctx)
{
    __s64 inputs[INPUTS], score;
    __s32 rotation[4][4] = { { 0, -1, 0, 0 }, { 1, 0, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } }, point[4][4];

#pragma clang loop unroll(full)
    for (int i = 0; i < INPUTS; i++)
        inputs[i] = (__s64)(ctx->args[i] & 0xffff) - 0x8000;
    score = evaluate(inputs);
    scores[ctx->id & 7] += score;
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++)
            point[i][j] = inputs[i + j < INPUTS ? i + j : 0];
    }
    multiply(rotation, point);
    return square_root(score < 0 ? -score : score) > greatest_divisor(ctx->args[0], ctx->args[1]);
}

char LICENSE[] SEC("license") = "GPL";
