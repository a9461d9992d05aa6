// A pointer in initialised data, and no program.
#include "bpf_test.h"

int target = 5;
int *pointer = &target;

__noinline int never_called(int a)
{
    return *pointer + a;
}
