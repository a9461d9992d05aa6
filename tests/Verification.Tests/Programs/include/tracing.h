/* Tracing: contexts of tracepoints, raw tracepoints, kprobes and perf events (x86-64). */
#pragma once

#include "bpf.h"

#define TASK_COMM_LEN 16

struct trace_entry {
    __u16 type;
    __u8 flags;
    __u8 preempt_count;
    __s32 pid;
};

struct trace_event_raw_sys_enter {
    struct trace_entry ent;
    long id;
    unsigned long args[6];
};

struct trace_event_raw_sys_exit {
    struct trace_entry ent;
    long id;
    long ret;
};

struct trace_event_raw_sched_switch {
    struct trace_entry ent;
    char prev_comm[TASK_COMM_LEN];
    __s32 prev_pid;
    __s32 prev_prio;
    long prev_state;
    char next_comm[TASK_COMM_LEN];
    __s32 next_pid;
    __s32 next_prio;
};

struct trace_event_raw_sched_wakeup {
    struct trace_entry ent;
    char comm[TASK_COMM_LEN];
    __s32 pid;
    __s32 prio;
    __s32 target_cpu;
};

struct trace_event_raw_sched_process_fork {
    struct trace_entry ent;
    char parent_comm[TASK_COMM_LEN];
    __s32 parent_pid;
    char child_comm[TASK_COMM_LEN];
    __s32 child_pid;
};

struct trace_event_raw_block_rq {
    struct trace_entry ent;
    __u32 dev;
    __u64 sector;
    __u32 nr_sector;
    __u32 bytes;
};

struct bpf_raw_tracepoint_args {
    __u64 args[0];
};

struct pt_regs {
    unsigned long r15;
    unsigned long r14;
    unsigned long r13;
    unsigned long r12;
    unsigned long bp;
    unsigned long bx;
    unsigned long r11;
    unsigned long r10;
    unsigned long r9;
    unsigned long r8;
    unsigned long ax;
    unsigned long cx;
    unsigned long dx;
    unsigned long si;
    unsigned long di;
    unsigned long orig_ax;
    unsigned long ip;
    unsigned long cs;
    unsigned long flags;
    unsigned long sp;
    unsigned long ss;
};

#define PT_REGS_PARM1(regs) ((regs)->di)
#define PT_REGS_PARM2(regs) ((regs)->si)
#define PT_REGS_PARM3(regs) ((regs)->dx)
#define PT_REGS_PARM4(regs) ((regs)->cx)
#define PT_REGS_RC(regs) ((regs)->ax)

struct bpf_perf_event_data {
    struct pt_regs regs;
    __u64 sample_period;
    __u64 addr;
};
