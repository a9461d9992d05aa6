/* Headers as they lie in packets, and the byte order of their fields. */
#pragma once

#define NTOHS(x) __builtin_bswap16(x)
#define NTOHL(x) __builtin_bswap32(x)

struct ethernet {
    __u8 destination[6];
    __u8 source[6];
    __u16 type;
};

struct vlan {
    __u16 tag;
    __u16 type;
};

struct ipv4 {
    __u8 version_and_length;
    __u8 service;
    __u16 total_length;
    __u16 id;
    __u16 fragment;
    __u8 ttl;
    __u8 protocol;
    __u16 checksum;
    __u32 source;
    __u32 destination;
};

struct tcp {
    __u16 source;
    __u16 destination;
    __u32 sequence;
    __u32 acknowledgment;
    __u16 flags;
    __u16 window;
};
