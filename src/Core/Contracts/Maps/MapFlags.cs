namespace Skep.Contracts;

/// <summary>Creation flags of maps (<c>BPF_F_*</c> of linux/bpf.h), as they stand in <see cref="Programs.MapSpec.Flags"/>.</summary>
public static class MapFlags
{
    /// <summary>Elements are allocated when they are needed, not when the map is made.</summary>
    public const uint NoPreallocation = 1 << 0;

    /// <summary>Each CPU has its own list of least recently used elements.</summary>
    public const uint NoCommonLru = 1 << 1;

    /// <summary>Memory comes from a given NUMA node.</summary>
    public const uint NumaNode = 1 << 2;

    /// <summary>User code may only read.</summary>
    public const uint ReadOnly = 1 << 3;

    /// <summary>User code may only write.</summary>
    public const uint WriteOnly = 1 << 4;

    /// <summary>A stack trace is a build id and an offset.</summary>
    public const uint StackBuildId = 1 << 5;

    /// <summary>The hash has a fixed seed, for comparing measurements.</summary>
    public const uint ZeroSeed = 1 << 6;

    /// <summary>Programs may only read.</summary>
    public const uint ReadOnlyProgram = 1 << 7;

    /// <summary>Programs may only write.</summary>
    public const uint WriteOnlyProgram = 1 << 8;

    /// <summary>Sockets inherit the storage.</summary>
    public const uint Clone = 1 << 9;

    /// <summary>User code may map the values into its memory.</summary>
    public const uint Mappable = 1 << 10;

    /// <summary>Perf events stay when the file descriptor that put them in closes.</summary>
    public const uint PreserveElements = 1 << 11;

    /// <summary>An array that may become an element of a map of maps whose template has another size.</summary>
    public const uint InnerMap = 1 << 12;

    /// <summary>The four that restrict who may read and write (<c>BPF_F_ACCESS_MASK</c>).</summary>
    public const uint AccessMask = ReadOnly | WriteOnly | ReadOnlyProgram | WriteOnlyProgram;
}

/// <summary>How a record wakes the consumer of a ring buffer (<c>BPF_RB_*</c>).</summary>
public static class RingBufferFlags
{
    public const ulong NoWakeup = 1 << 0;

    public const ulong ForceWakeup = 1 << 1;
}
