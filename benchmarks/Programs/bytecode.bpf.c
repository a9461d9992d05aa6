/* An interpreter of sixteen operations on two registers and a small memory: 256 steps of a program that jumps about in 256 bytes. */
#include "bench.h"

GLOBAL __u8 code[256];
GLOBAL __u32 filled;

PROGRAM(bytecode)
{
    __u8 *data = PACKET(ctx, 256);
    __u32 memory[8] = {}, a = 1, b = 2, pc = data[0];
    if (!filled) {
        for (int i = 0; i < 256; i++)
            code[i] = data[i];
        filled = 1;
    }
    for (int step = 0; step < 256; step++) {
        __u8 byte = code[pc];
        __u32 operand = byte >> 4, next = 1;
        switch (byte & 15) {
        case 0: a += operand; break;
        case 1: b ^= a; break;
        case 2: a -= b; break;
        case 3: a *= operand | 1; break;
        case 4: a ^= b << 3; break;
        case 5: b += a >> 5; break;
        case 6: memory[operand & 7] = a; break;
        case 7: a += memory[operand & 7]; break;
        case 8: memory[operand & 7] ^= b; break;
        case 9: if (a & 1) next = operand; break;
        case 10: if (b & 4) next = -operand; break;
        case 11: a = ~a; break;
        case 12: b = a | operand; break;
        case 13: a = b & 0xffff; break;
        case 14: if (a < b) next = 2; break;
        default: b -= operand; break;
        }
        pc = (pc + next) & 255;
    }
    return a ^ b;
}
