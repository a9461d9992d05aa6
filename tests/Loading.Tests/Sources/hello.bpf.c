// One program, a string on the stack, a licence.
#include "bpf_test.h"

SEC("tracepoint/syscalls/sys_enter_execve")
int hello_world(void *ctx)
{
    char message[] = "Hello, World!";
    bpf_trace_printk(message, sizeof(message));
    return 0;
}

char _license[] SEC("license") = "GPL";
__u32 _version SEC("version") = 0x060c00;
