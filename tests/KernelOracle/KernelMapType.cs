namespace Skep.KernelOracle;

/// <summary><c>enum bpf_map_type</c>; the kernel's other numbers may be cast to it.</summary>
public enum KernelMapType : uint
{
    Hash = 1,
    Array = 2,
    ProgArray = 3,
    PerfEventArray = 4,
    PercpuHash = 5,
    PercpuArray = 6,
    StackTrace = 7,
    LruHash = 9,
    LruPercpuHash = 10,
    LpmTrie = 11,
    ArrayOfMaps = 12,
    HashOfMaps = 13,
    Devmap = 14,
    Sockmap = 15,
    Cpumap = 16,
    PercpuCgroupStorage = 21,
    Queue = 22,
    Stack = 23,
    Ringbuf = 27,
    BloomFilter = 30,
}

/// <summary>The flags of <c>BPF_MAP_UPDATE_ELEM</c>.</summary>
public enum KernelUpdateFlags : ulong
{
    Any = 0,
    NoExist = 1,
    Exist = 2,
}
