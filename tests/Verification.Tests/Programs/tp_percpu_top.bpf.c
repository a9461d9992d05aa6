/* Page faults by process, with per-CPU hash maps and a sum over all CPUs that the program takes itself. */
#include "include/tracing.h"

#define MAX_CPUS 16

struct page_fault {
    struct trace_entry ent;
    unsigned long address;
    unsigned long ip;
    unsigned long error_code;
};

struct faults {
    __u64 total;
    __u64 writes;
    __u64 kernel;
    __u64 last_address;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
    __uint(max_entries, 2048);
    __type(key, __u32);
    __type(value, struct faults);
} faults_by_process SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} all_faults SEC(".maps");

const volatile __u32 cpu_count = 2;
const volatile __u64 alarm_at = 1000000;

static __always_inline __u64 sum_of_all(void)
{
    __u32 zero = 0;
    __u64 sum = 0;

    for (__u32 cpu = 0; cpu < MAX_CPUS; cpu++) {
        __u64 *count;

        if (cpu >= cpu_count)
            break;
        count = bpf_map_lookup_percpu_elem(&all_faults, &zero, cpu);
        if (count)
            sum += *count;
    }
    return sum;
}

SEC("tracepoint/exceptions/page_fault_user")
int on_page_fault(struct page_fault *ctx)
{
    __u32 pid = bpf_get_current_pid_tgid() >> 32, zero = 0;
    struct faults *faults = bpf_map_lookup_elem(&faults_by_process, &pid);
    __u64 *all = bpf_map_lookup_elem(&all_faults, &zero);

    if (!faults) {
        struct faults none = {};

        bpf_map_update_elem(&faults_by_process, &pid, &none, BPF_NOEXIST);
        faults = bpf_map_lookup_elem(&faults_by_process, &pid);
        if (!faults)
            return 0;
    }
    faults->total++;
    faults->writes += ctx->error_code >> 1 & 1;
    faults->kernel += !(ctx->error_code & 4);
    faults->last_address = ctx->address;
    if (all && ++*all % 1024 == 0 && sum_of_all() > alarm_at)
        bpf_printk("process %d faults at %lx", pid, ctx->address);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
