// A call of a function that is neither here nor declared as a named function.
#include "bpf_test.h"

extern int not_here(int a);

SEC("socket")
int use(void *ctx)
{
    return not_here(1);
}
