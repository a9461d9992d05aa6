// Every kind of type that clang writes.
#include "bpf_test.h"

enum wide { BIG = 0x123456789abcLL, SMALL = 1 };
enum negative { MINUS = -1, PLUS = 1 };
union either { int a; char b[8]; };
struct forward;
struct all
{
    int x : 3;
    unsigned y : 5;
    _Bool flag;
    float f;
    double d;
    char text[8];
    __u8 bytes[3];
    int grid[2][3];
    struct { __u16 p; __u16 q; };
    union either u;
    enum negative n;
    enum wide w;
    const volatile int __attribute__((btf_type_tag("user"))) *pointer;
    struct forward *forward;
    int (*callback)(const char *restrict s, ...);
    __int128 huge;
};

struct all value __attribute__((btf_decl_tag("tagged")));

__noinline __u64 helper(struct all *a, const char *text, int (*f)(int), __u64 n)
{
    return a->y ? n : 0;
}

SEC("socket")
int use(void *ctx)
{
    value.x = 1;
    return value.y + value.flag;
}
