/* Splits a command that a process writes into words, with quotes, and counts the words; finds the value of an option of
 * the form --name=value. */
#include "include/loops.h"
#include "include/tracing.h"

#define LINE_LENGTH 96
#define MAX_TOKENS 8
#define TOKEN_LENGTH 16

struct line {
    char text[LINE_LENGTH];
};

struct token {
    char text[TOKEN_LENGTH];
};

struct tokens {
    __u32 count;
    __u32 is_open; /* a quote that nobody closed */
    struct token at[MAX_TOKENS];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct tokens);
} scratch SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 4096);
    __type(key, struct token);
    __type(value, __u64);
} words SEC(".maps");

static __noinline int split(const struct line *line, struct tokens *tokens)
{
    __u64 token = unknown_zero, at = unknown_zero;
    char quote = 0;
    __u64 i;

    bpf_for(i, 0, LINE_LENGTH) {
        char c = line->text[i];
        __u64 index;

        if (c == 0 || c == '\n')
            break;
        if (quote) {
            if (c == quote) {
                quote = 0;
                continue;
            }
        } else if (c == '"' || c == '\'') {
            quote = c;
            continue;
        } else if (c == ' ' || c == '\t') {
            if (at) {
                token++;
                at = 0;
            }
            continue;
        }
        index = token;
        barrier_var(index); /* what is compared is what is used, and not another load from the stack */
        if (index >= MAX_TOKENS)
            break;
        tokens->at[index].text[at & (TOKEN_LENGTH - 1)] = c;
        if (at < TOKEN_LENGTH - 1)
            at++;
    }
    tokens->count = at ? token + 1 : token;
    tokens->is_open = quote != 0;
    return tokens->count;
}

static __noinline int is_option(const struct token *token, __u32 *value)
{
    static const char name[] = "--level=";

    for (int i = 0; i < sizeof(name) - 1; i++) {
        if (token->text[i] != name[i])
            return 0;
    }
    *value = token->text[sizeof(name) - 1] - '0';
    return *value <= 9;
}

SEC("tracepoint/syscalls/sys_enter_write")
int on_write(struct trace_event_raw_sys_enter *ctx)
{
    struct line line = {};
    struct tokens *tokens;
    __u32 zero = 0, level = 0;

    tokens = bpf_map_lookup_elem(&scratch, &zero);
    if (!tokens)
        return 0;
    if (bpf_probe_read_user_str(line.text, sizeof(line.text), (const void *)ctx->args[1]) < 0)
        return 0;
    __builtin_memset(tokens, 0, sizeof(*tokens));
    if (!split(&line, tokens))
        return 0;
    for (int i = 0; i < MAX_TOKENS; i++) {
        if (i >= tokens->count)
            break;
        map_add(&words, &tokens->at[i], 1);
        if (is_option(&tokens->at[i], &level))
            bpf_printk("level %d", level);
    }
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
