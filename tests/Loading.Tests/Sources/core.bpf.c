// CO-RE relocations of fields, types and enum values, in a main function and in a subprogram.
#include "bpf_test.h"

enum state { IDLE, BUSY = 7 };

struct task
{
    int pid;
    struct { int a; int b : 3; } inner;
} __attribute__((preserve_access_index));

static __noinline int read_pid(struct task *task)
{
    return task->pid + task->inner.a;
}

SEC("raw/core")
int core(struct task *task)
{
    return read_pid(task) + __builtin_preserve_enum_value(*(enum state *)BUSY, 1)
        + __builtin_preserve_field_info(task->inner.b, 1) + __builtin_preserve_type_info(*(struct task *)0, 1);
}
