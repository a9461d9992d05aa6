/* Strings compared in several ways: bpf_strncmp with constants, a comparison of its own that ignores case, a search for a
 * word inside of a text, the length of a string, and a copy that never overruns. */
#include "include/tracing.h"

#define TEXT_LENGTH 64
#define WORD_LENGTH 8

struct text {
    char at[TEXT_LENGTH];
};

const volatile char word[WORD_LENGTH] = "passwd";

__u64 outcomes[8];

static __noinline int compare_without_case(const struct text *text, const char *other, __u32 length)
{
    int difference = 0;

    for (__u32 i = 0; i < 16; i++) {
        int a, b;

        if (i >= length)
            break;
        a = text->at[i];
        b = other[i];
        if (a >= 'A' && a <= 'Z')
            a += 'a' - 'A';
        difference = a - b;
        if (difference || !a)
            break;
    }
    return difference;
}

static __noinline __u32 length_of(const struct text *text)
{
    __u32 length = 0;

    while (length < TEXT_LENGTH && text->at[length])
        length++;
    return length;
}

static __noinline int find_word(const struct text *text)
{
    int found = -1;

    for (int i = 0; i <= TEXT_LENGTH - WORD_LENGTH && found < 0; i++) {
        int j;

        for (j = 0; j < WORD_LENGTH; j++) {
            if (!word[j] || text->at[i + j] != word[j])
                break;
        }
        if (j == WORD_LENGTH || !word[j])
            found = i;
        else if (!text->at[i])
            break;
    }
    return found;
}

static __noinline __u32 copy(struct text *to, const struct text *from, __u32 size)
{
    __u32 i;

    if (size == 0 || size > TEXT_LENGTH)
        return 0;
    for (i = 0; i < size - 1 && i < TEXT_LENGTH - 1 && from->at[i]; i++)
        to->at[i] = from->at[i];
    to->at[i] = 0;
    return i;
}

SEC("tracepoint/syscalls/sys_enter_openat")
int compare_names(struct trace_event_raw_sys_enter *ctx)
{
    struct text text = {}, other = {};
    char comm[TASK_COMM_LEN];

    bpf_get_current_comm(comm, sizeof(comm));
    if (!bpf_strncmp(comm, sizeof(comm), "bash"))
        outcomes[0]++;
    else if (!bpf_strncmp(comm, 4, "ssh"))
        outcomes[1]++;
    if (bpf_probe_read_user_str(&text, sizeof(text), (const void *)ctx->args[1]) < 0)
        return 0;
    if (!compare_without_case(&text, "/readme.md", 10))
        outcomes[2]++;
    if (length_of(&text) > 32)
        outcomes[3]++;
    if (find_word(&text) >= 0)
        outcomes[4]++;
    if (copy(&other, &text, 16) == 15)
        outcomes[5]++;
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
