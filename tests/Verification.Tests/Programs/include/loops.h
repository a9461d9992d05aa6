/* Loops whose end the kernel sees to: number iterators and may_goto. */
#pragma once

#include "bpf.h"

struct bpf_iter_num {
    __u64 __opaque[1];
} __attribute__((aligned(8)));

extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym;

static __always_inline void bpf_for_end(struct bpf_iter_num *it)
{
    bpf_iter_num_destroy(it);
}

/* for (i = start; i < end; i++) without numbers below 0, where i, a __u64, is known to be below end and nothing else is
 * known of it: one pass through the body serves all. The iterator is destroyed at the end of its scope, however the loop
 * is left. */
#define bpf_for(i, start, end)                                                                                         \
    for (struct bpf_iter_num _it __attribute__((aligned(8), cleanup(bpf_for_end))),                                    \
         *_once = ({ bpf_iter_num_new(&_it, (start), (end)); &_it; });                                                 \
         ({                                                                                                            \
             __u32 *_next = (__u32 *)bpf_iter_num_next(_once);                                                         \
             (i) = _next ? *_next : 0;                                                                                 \
             _next && (i) >= (start) && (i) < (end);                                                                   \
         });)

#define bpf_repeat(count)                                                                                              \
    for (struct bpf_iter_num _it __attribute__((aligned(8), cleanup(bpf_for_end))),                                    \
         *_once = ({ bpf_iter_num_new(&_it, 0, (count)); &_it; });                                                     \
         bpf_iter_num_next(_once);)

/* Leaves the loop when the kernel says that it has run for long enough: the instruction may_goto by its bytes, which
 * every assembler takes (opcode 0xe5, the offset counts instructions from the next one). */
#define can_loop                                                                                                       \
    ({                                                                                                                 \
        __label__ _break, _continue;                                                                                   \
        bool _more = true;                                                                                             \
        asm volatile goto("1: .byte 0xe5; .byte 0; .long ((%l[_break] - 1b - 8) / 8) & 0xffff; .short 0"               \
                          : : : : _break);                                                                             \
        goto _continue;                                                                                                \
    _break:                                                                                                            \
        _more = false;                                                                                                 \
    _continue:;                                                                                                        \
        _more;                                                                                                         \
    })
