/* Contexts of tracepoint programs: the raw records that the kernel writes, whose layout it prints in
 * /sys/kernel/tracing/events/CATEGORY/NAME/format. Names are those of vmlinux.h.
 */
#pragma once

#include <skep/bpf.h>

/* Every record begins with these 8 bytes; programs may not read them. */
struct trace_entry {
    __u16 type;
    __u8 flags;
    __u8 preempt_count;
    __s32 pid;
};

/* raw_syscalls/sys_enter, and the records of syscalls/sys_enter_NAME, which have the same shape. */
struct trace_event_raw_sys_enter {
    struct trace_entry ent;
    long id;
    unsigned long args[6];
};

/* sched/sched_process_exec. A __data_loc says where in this record a text lies: low 16 bits its offset from the
 * record's start, high 16 bits its length in bytes, the final zero included. */
struct trace_event_raw_sched_process_exec {
    struct trace_entry ent;
    __u32 __data_loc_filename;
    __s32 pid;
    __s32 old_pid;
};
