/* Services without a proxy: a connect to a service's address becomes one to a backend of its own, and connects to what
 * a policy forbids are refused. */
#include "include/net.h"

struct service {
    __be32 address;
    __be16 port;
    __u16 zero;
};

struct backend_list {
    __u32 count;
    struct service backends[16];
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 512);
    __type(key, struct service);
    __type(value, struct backend_list);
} services SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 16384);
    __type(key, __u64);
    __type(value, struct service);
} original_destinations SEC(".maps");

SEC("cgroup/connect4")
int translate_connect4(struct bpf_sock_addr *ctx)
{
    struct service wanted = { .address = ctx->user_ip4, .port = ctx->user_port };
    struct backend_list *list = bpf_map_lookup_elem(&services, &wanted);
    __u64 index, count, cookie;

    if (!list)
        return 1;
    count = list->count;
    if (count == 0)
        return 0;
    if (count > ARRAY_SIZE(list->backends))
        count = ARRAY_SIZE(list->backends);
    index = bpf_get_prandom_u32() % count;
    cookie = bpf_get_socket_cookie(ctx);
    bpf_map_update_elem(&original_destinations, &cookie, &wanted, BPF_ANY);
    barrier_var(index); /* the compiler knows that it is below 16, the kernel must see it compared */
    if (index >= ARRAY_SIZE(list->backends))
        return 0;
    ctx->user_ip4 = list->backends[index].address;
    ctx->user_port = list->backends[index].port;
    return 1;
}

SEC("cgroup/connect6")
int refuse_connect6(struct bpf_sock_addr *ctx)
{
    /* Documentation prefix 2001:db8::/32. */
    if (ctx->user_ip6[0] == bpf_htonl(0x20010db8))
        return 0;
    return ctx->protocol == IPPROTO_TCP || ctx->user_port != bpf_htons(53);
}

char LICENSE[] SEC("license") = "GPL";
