/* Matches the name of a process with shell patterns of * and ?, without recursion: on a mismatch the search goes back to
 * the last star. The loop is bpf_loop's, its state in a struct on the stack. */
#include "include/tracing.h"

#define PATTERN_LENGTH 16
#define MAX_STEPS 64

struct pattern {
    char text[PATTERN_LENGTH];
    __u64 hits;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 4);
    __type(key, __u32);
    __type(value, struct pattern);
} patterns SEC(".maps");

struct name {
    char text[TASK_COMM_LEN];
};

struct search {
    const struct pattern *pattern;
    struct name name;
    __u32 in_pattern;
    __u32 in_name;
    __u32 star; /* where the last star is, or PATTERN_LENGTH */
    __u32 resume;
    bool is_match;
};

/* Compares one character; 1 ends the loop. */
static long match_step(__u32 step, struct search *search)
{
    __u32 p = search->in_pattern, n = search->in_name;
    char wanted, actual;

    if (p >= PATTERN_LENGTH || n >= TASK_COMM_LEN)
        return 1;
    wanted = search->pattern->text[p & (PATTERN_LENGTH - 1)];
    actual = search->name.text[n & (TASK_COMM_LEN - 1)];
    if (wanted == '*') {
        search->star = p;
        search->resume = n;
        search->in_pattern = p + 1;
        return 0;
    }
    if (actual == 0) {
        search->is_match = wanted == 0;
        return 1;
    }
    if (wanted == '?' || wanted == actual) {
        search->in_pattern = p + 1;
        search->in_name = n + 1;
        return 0;
    }
    if (search->star >= PATTERN_LENGTH)
        return 1;
    search->in_pattern = search->star + 1;
    search->in_name = ++search->resume;
    return 0;
}

SEC("tracepoint/sched/sched_process_exec")
int match_name(void *ctx)
{
    struct search search = {};

    bpf_get_current_comm(search.name.text, sizeof(search.name.text));
    for (__u32 i = 0; i < 4; i++) {
        __u32 index = i;
        struct pattern *pattern = bpf_map_lookup_elem(&patterns, &index);

        if (!pattern)
            continue;
        search.pattern = pattern;
        search.in_pattern = 0;
        search.in_name = 0;
        search.star = PATTERN_LENGTH;
        search.is_match = false;
        bpf_loop(MAX_STEPS, match_step, &search, 0);
        if (search.is_match)
            __sync_fetch_and_add(&pattern->hits, 1);
    }
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
