/* Prints a line every half second. It includes nothing: this is all that a first program needs. */

static int (*bpf_trace_printk_)(const char *fmt, int fmt_size, ...) = (void *)6;

char LICENSE[] __attribute__((section("license"), used)) = "GPL";

__attribute__((section("timer/500ms"), used))
int hello_world(void *ctx)
{
    ({ char _fmt[] = "Hello, World!"; bpf_trace_printk_(_fmt, sizeof(_fmt)); });
    return 0;
}
