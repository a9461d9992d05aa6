/* A rule set written out: some fifteen hundred rules of five kinds, each with constants of its own, that every word of a
 * packet's header goes through in turn. About 10,000 instructions, of which the kernel's verifier follows about 100,000: the
 * measure of a verifier's speed. Macros write it, so that it stays short to read.
 */
#include "include/net.h"

#define WORDS 4
#define COUNTERS 256

struct counters {
    __u64 hits[COUNTERS];
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct counters);
} counters_map SEC(".maps");

/* A constant for rule n, different for each use of it. */
#define CONSTANT(n, salt) ((__u32)(((n) + 1) * 2654435761u) ^ (__u32)((n) * (salt)))

/* The word under a mask. */
#define MASK_RULE(n)                                                                                                   \
    if ((word & CONSTANT(n, 77)) == (CONSTANT(n, 177) & CONSTANT(n, 77)))                                              \
        score += CONSTANT(n, 3) & 31;

/* A range of 16 bits of the hash; a counter of the rule. */
#define RANGE_RULE(n)                                                                                                  \
    {                                                                                                                  \
        __u64 half = (hash >> ((n) & 31)) & 0xffff;                                                                    \
        if (half >= (CONSTANT(n, 5) & 0x7fff) && half < (CONSTANT(n, 5) & 0x7fff) + 200)                               \
            counters->hits[(n) & (COUNTERS - 1)]++;                                                                    \
    }

/* A counter that the word chooses. */
#define COUNT_RULE(n)                                                                                                  \
    {                                                                                                                  \
        __u64 index = (hash >> ((n) & 7)) & 0x1ff;                                                                     \
        barrier_var(index);                                                                                            \
        if (index < COUNTERS)                                                                                          \
            counters->hits[index] += score;                                                                            \
        else                                                                                                           \
            score ^= index;                                                                                            \
    }

/* A hash that the next rules use. */
#define HASH_RULE(n)                                                                                                   \
    hash = (hash ^ word ^ CONSTANT(n, 11)) * 0x100000001b3;                                                            \
    hash ^= hash >> 29;

/* What an earlier word left on the stack. */
#define HISTORY_RULE(n)                                                                                                \
    if ((history[(n) & 7] >> 1 ^ hash) > CONSTANT(n, 19))                                                               \
        history[((n) + 3) & 7] += hash;                                                                                \
    else                                                                                                               \
        score ^= history[((n) + 5) & 7];

#define RULES_8(n)                                                                                                     \
    MASK_RULE(n) HASH_RULE(n) RANGE_RULE(n) HASH_RULE(n + 1000)                                                        \
    COUNT_RULE(n) HASH_RULE(n + 2000) HISTORY_RULE(n) HASH_RULE(n + 3000)
#define RULES_32(n) RULES_8(n) RULES_8(n + 1) RULES_8(n + 2) RULES_8(n + 3)
#define RULES_128(n) RULES_32(n) RULES_32(n + 4) RULES_32(n + 8) RULES_32(n + 12)
#define RULES_512(n) RULES_128(n) RULES_128(n + 16) RULES_128(n + 32) RULES_128(n + 48)

SEC("tc")
int apply_rules(struct __sk_buff *skb)
{
    __u64 words[WORDS] = {}, hash = 0xcbf29ce484222325, score = unknown_zero;
    volatile __u64 history[8]; /* in memory, and not in registers */
    struct counters *counters;
    __u32 zero = 0;

    counters = bpf_map_lookup_elem(&counters_map, &zero);
    if (!counters || bpf_skb_load_bytes(skb, 14, words, sizeof(words)))
        return TC_ACT_OK;
    for (int i = 0; i < 8; i++)
        history[i] = words[i % WORDS];
#pragma clang loop unroll(disable)
    for (int i = 0; i < WORDS; i++) {
        __u64 word = words[i];

        RULES_512(0)
        RULES_512(64)
        RULES_32(128)
    }
    return score > 1000 ? TC_ACT_SHOT : TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
