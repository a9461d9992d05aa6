// One map, whose members the test gives with -DMEMBERS=.
#include "bpf_test.h"

struct { MEMBERS } one SEC(".maps");
