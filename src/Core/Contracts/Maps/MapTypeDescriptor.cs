using Skep.Programs;

namespace Skep.Contracts;

/// <summary>What programs may do with maps of a type, through helpers that ask for it.</summary>
[Flags]
public enum MapOperations : uint
{
    None = 0,
    Lookup = 1 << 0,
    Update = 1 << 1,
    Delete = 1 << 2,
    ForEach = 1 << 3,
    Push = 1 << 4,
    Pop = 1 << 5,
    Peek = 1 << 6,
    RingBuffer = 1 << 7,
    PerfOutput = 1 << 8,
    TailCall = 1 << 9,
    Redirect = 1 << 10,
    PerCpuLookup = 1 << 11,
    LocalStorage = 1 << 12,
    StackTrace = 1 << 13,
}

/// <summary>Legal values of a size or count, in bytes or entries.</summary>
/// <param name="Minimum">Inclusive.</param>
/// <param name="Maximum">Inclusive.</param>
/// <param name="Multiple">The value is a multiple of this.</param>
public readonly record struct SizeRule(uint Minimum, uint Maximum, uint Multiple = 1)
{
    public static readonly SizeRule Zero = new(0, 0);

    public bool PowerOfTwo { get; init; }

    public static SizeRule Exactly(uint value) => new(value, value);

    public bool Allows(uint value)
        => value >= Minimum && value <= Maximum && (Multiple <= 1 || value % Multiple == 0)
            && (!PowerOfTwo || System.Numerics.BitOperations.IsPow2(value));

    public override string ToString()
    {
        string range = Minimum == Maximum ? $"{Minimum}" : Maximum == uint.MaxValue ? $"at least {Minimum}" : $"{Minimum}..{Maximum}";
        return range + (PowerOfTwo ? ", a power of two" : "") + (Multiple > 1 ? $", a multiple of {Multiple}" : "");
    }
}

/// <summary>What the loader, the verifier and the documentation need to know of a map type; immutable.</summary>
public sealed record MapTypeDescriptor
{
    // A head of 16 bytes, and up to two buckets of 16.
    private const uint EntryOverhead = 48;

    /// <summary>The type's identity, in bpftool's words (<c>hash</c>, <c>ringbuf</c>) or qualified (<c>acme/sketch</c>).</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for lists.</summary>
    public required string Description { get; init; }

    /// <summary>The kernel's number; null for types that Linux does not have.</summary>
    public MapTypeNumber? Number { get; init; }

    public required SizeRule KeySize { get; init; }

    public required SizeRule ValueSize { get; init; }

    public required SizeRule MaxEntries { get; init; }

    /// <summary>The <c>BPF_F_*</c> creation flags that are understood.</summary>
    public uint AllowedFlags { get; init; }

    public required MapOperations Operations { get; init; }

    /// <summary>Programs may hold addresses inside the value of key 0 (global data); such maps implement <see cref="IDirectValueMap"/>.</summary>
    public bool HasDirectValue { get; init; }

    /// <summary>Each entry has a value for each CPU.</summary>
    public bool IsPerCpu { get; init; }

    /// <summary>Values may contain a <c>bpf_spin_lock</c> (map_check_btf of kernel/bpf/syscall.c); the maps then keep <see cref="MapValueLayout"/>.</summary>
    public bool AllowsLocks { get; init; }

    /// <summary>Values are maps, made after <see cref="MapSpec.Inner"/>.</summary>
    public bool HoldsMaps { get; init; }

    /// <summary>How many blocks of key, value and head an entry may come to take: 2 for trees whose inner nodes are as large as entries.</summary>
    public int BlocksPerEntry { get; init; } = 1;

    /// <summary>
    /// What a map may come to take when it is full, in bytes, for any layout that is likely: small entries are mostly head and padding, and
    /// entries for each CPU are many. It counts against the limits, so <see cref="IMap.MemoryBytes"/> stays below it, but for what does not grow with the entries.
    /// </summary>
    public UInt128 FootprintOf(MapSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.ValueSize == 0)
        {
            // max_entries counts bytes, and a ring may be twice as long as that.
            return 2 * (UInt128)Math.Max(spec.MaxEntries, 1);
        }

        UInt128 value = MapMemory.RoundUp8(spec.ValueSize) * (ulong)(IsPerCpu ? Environment.ProcessorCount : 1);
        return (HasDirectValue ? value : value + MapMemory.RoundUp8(spec.KeySize) + EntryOverhead) * (ulong)BlocksPerEntry * Math.Max(spec.MaxEntries, 1);
    }
}
