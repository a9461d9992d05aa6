/*
 * How often a packet came from the country that this one comes from: the country is a helper of Acme.Geo, called by name; the counts are a map of Acme.Sketch.
 * The countries are not kept, so the map never fills. Returns the count, this packet included; 0 for what is no IPv4 packet.
 */
#include <skep/bpf.h>

extern unsigned short acme_geo_country(unsigned int ipv4) __ksym;

struct {
    __uint(max_entries, 1024);
    __type(key, __u16);
    __type(value, __u64);
} visits SEC(".maps") __attribute__((btf_decl_tag("skep:map_type:acme/sketch")));

struct xdp_md {
    __u32 data;
    __u32 data_end;
};

struct ethernet {
    __u8 destination[6];
    __u8 source[6];
    __u16 protocol;
};

struct ipv4 {
    __u8 before[12];
    __u32 source;
    __u32 destination;
};

SEC("xdp")
int count_visits(struct xdp_md *context)
{
    void *data = (void *)(long)context->data;
    void *end = (void *)(long)context->data_end;
    struct ethernet *frame = data;
    struct ipv4 *packet = (void *)(frame + 1);

    if ((void *)(packet + 1) > end || frame->protocol != __builtin_bswap16(0x0800))
        return 0;

    __u16 country = acme_geo_country(__builtin_bswap32(packet->source));
    __u64 one = 1;
    bpf_map_update_elem(&visits, &country, &one, BPF_ANY);

    __u64 *count = bpf_map_lookup_elem(&visits, &country);
    return count ? *count : 0;
}

char LICENSE[] SEC("license") = "GPL";
