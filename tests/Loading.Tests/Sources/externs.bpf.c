// Externs: kernel configuration, kernel variables, named functions; weak ones.
#include "bpf_test.h"

extern int LINUX_KERNEL_VERSION __kconfig;
extern __u32 CONFIG_HZ __kconfig __weak;
extern const int typed_variable __ksym;
extern const void typeless_variable __ksym;
extern const void missing_variable __ksym __weak;
extern int acme_lookup(__u64 key) __ksym;
extern int acme_maybe(__u64 key) __ksym __weak;

SEC("socket")
int use(void *ctx)
{
    int result = acme_lookup(5);
    if (acme_maybe)
        result += acme_maybe(6);
    if (&missing_variable)
        result++;
    return result + LINUX_KERNEL_VERSION + CONFIG_HZ + typed_variable + (int)(long)&typeless_variable;
}
