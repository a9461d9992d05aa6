/* A socket filter that keeps HTTP requests only, counted by method; a second one that uses the classic packet loads
 * (byte, half word and word at an offset, which leave the program when the packet is too short). */
#include "include/net.h"

enum method { METHOD_NONE, METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_DELETE, METHOD_OPTIONS, METHODS };

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, METHODS);
    __type(key, __u32);
    __type(value, __u64);
} requests SEC(".maps");

unsigned long long load_byte(void *skb, unsigned long long offset) asm("llvm.bpf.load.byte");
unsigned long long load_half(void *skb, unsigned long long offset) asm("llvm.bpf.load.half");
unsigned long long load_word(void *skb, unsigned long long offset) asm("llvm.bpf.load.word");

static __always_inline bool starts_with(const char *text, const char *prefix, __u32 length)
{
    for (__u32 i = 0; i < length; i++) {
        if (text[i] != prefix[i])
            return false;
    }
    return true;
}

#define MATCHES(text, prefix) starts_with(text, prefix, sizeof(prefix) - 1)

static __always_inline __u32 method_of(const char *text)
{
    if (MATCHES(text, "GET "))
        return METHOD_GET;
    if (MATCHES(text, "HEAD "))
        return METHOD_HEAD;
    if (MATCHES(text, "POST "))
        return METHOD_POST;
    if (MATCHES(text, "PUT "))
        return METHOD_PUT;
    if (MATCHES(text, "DELETE "))
        return METHOD_DELETE;
    if (MATCHES(text, "OPTIONS "))
        return METHOD_OPTIONS;
    return METHOD_NONE;
}

SEC("socket")
int keep_http(struct __sk_buff *skb)
{
    struct iphdr ip;
    struct tcphdr tcp;
    char text[8];
    __u32 offset = sizeof(struct ethhdr), method;
    __u64 *count;

    if (skb->protocol != bpf_htons(ETH_P_IP))
        return 0;
    if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)) || ip.protocol != IPPROTO_TCP)
        return 0;
    offset += ip.ihl * 4;
    if (bpf_skb_load_bytes(skb, offset, &tcp, sizeof(tcp)))
        return 0;
    offset += tcp.doff * 4;
    if (bpf_skb_load_bytes(skb, offset, text, sizeof(text)))
        return 0;
    method = method_of(text);
    if (method == METHOD_NONE)
        return 0;
    count = bpf_map_lookup_elem(&requests, &method);
    if (count)
        __sync_fetch_and_add(count, 1);
    return skb->len;
}

SEC("socket")
int keep_http_by_loads(struct __sk_buff *skb)
{
    __u64 length, start;

    if (load_half(skb, offsetof(struct ethhdr, h_proto)) != ETH_P_IP)
        return 0;
    if (load_byte(skb, sizeof(struct ethhdr) + offsetof(struct iphdr, protocol)) != IPPROTO_TCP)
        return 0;
    length = (load_byte(skb, sizeof(struct ethhdr)) & 15) * 4;
    start = sizeof(struct ethhdr) + length;
    length = (load_byte(skb, start + 12) >> 4) * 4;
    switch (load_word(skb, start + length)) {
    case 0x47455420: /* "GET " */
    case 0x504f5354: /* "POST" */
    case 0x48454144: /* "HEAD" */
        return -1; /* all of it */
    default:
        return 0;
    }
}

char LICENSE[] SEC("license") = "GPL";
