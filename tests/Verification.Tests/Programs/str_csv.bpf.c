/* Takes the fields of a line of CSV that stands in a map value: quoted fields, doubled quotes, numbers with a fraction;
 * sums a column. */
#include "include/loops.h"
#include "include/tracing.h"

#define LINE_LENGTH 128
#define FIELD_LENGTH 32

struct line {
    __u32 length;
    char text[LINE_LENGTH];
};

struct field {
    __u32 length;
    char text[FIELD_LENGTH];
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 64);
    __type(key, __u32);
    __type(value, struct line);
} lines SEC(".maps");

const volatile __u32 column = 2;
__s64 sum_in_thousandths;
__u32 bad_lines;

/* Copies the field of that number; its length, or -1. */
static __noinline int take_field(const struct line *line, __u32 wanted, struct field *field)
{
    __u64 number = unknown_zero, at = unknown_zero, length = line->length;
    bool is_quoted = false, was_quote = false;
    __u64 i;

    bpf_for(i, 0, LINE_LENGTH) {
        char c;

        if (i >= length)
            break;
        c = line->text[i];
        if (c == '"') {
            /* A quote behind a closing quote is a quote. */
            if (is_quoted || !was_quote) {
                was_quote = is_quoted;
                is_quoted = !is_quoted;
                continue;
            }
            is_quoted = true;
        } else if (c == ',' && !is_quoted) {
            if (number == wanted)
                break;
            number++;
            was_quote = false;
            continue;
        }
        was_quote = false;
        if (number != wanted)
            continue;
        if (at >= FIELD_LENGTH)
            break;
        field->text[at++] = c;
    }
    field->length = at;
    return number == wanted && !is_quoted && at < FIELD_LENGTH ? at : -1;
}

static __noinline int parse_fixed(const struct field *field, __s64 *result)
{
    __s64 value = 0;
    int decimals = -1;

    for (__u32 i = 0; i < FIELD_LENGTH; i++) {
        char c = field->text[i];

        if (i >= field->length)
            break;
        if (c == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9')
            return -1;
        if (decimals >= 3)
            continue;
        value = value * 10 + (c - '0');
        if (decimals >= 0)
            decimals++;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 3; i++)
        value *= 10;
    *result = value;
    return 0;
}

SEC("raw_tracepoint/sys_enter")
int sum_column(void *ctx)
{
    __u32 index = bpf_get_prandom_u32() % 64;
    struct line *line = bpf_map_lookup_elem(&lines, &index);
    struct field field = {};
    __s64 value;

    if (!line || !line->length)
        return 0;
    if (take_field(line, column, &field) < 0 || parse_fixed(&field, &value)) {
        __sync_fetch_and_add(&bad_lines, 1);
        return 0;
    }
    __sync_fetch_and_add(&sum_in_thousandths, value);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
