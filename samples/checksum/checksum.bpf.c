/* The Internet checksum (RFC 1071) of a packet's first 1500 bytes. The work grows with the packet, so it is a fair race for engines: `skep bench`. */
#include <skep/bpf.h>

struct xdp_md {
    unsigned int data;
    unsigned int data_end;
};

SEC("xdp")
int checksum(struct xdp_md *context)
{
    unsigned char *data = (void *)(long)context->data;
    unsigned char *end = (void *)(long)context->data_end;
    unsigned long sum = 0;

    for (int i = 0; i < 1500; i += 2) {
        if (data + i + 2 > end)
            break;
        sum += *(unsigned short *)(data + i);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (unsigned short)~sum;
}

char LICENSE[] SEC("license") = "GPL";
