using System.Collections.Immutable;
using Skep.Btf;

namespace Skep.Programs;

/// <summary>Pinning as libbpf names it (<c>LIBBPF_PIN_*</c>).</summary>
public enum MapPinning : uint
{
    None = 0,
    ByName = 1,
}

/// <summary>Names a map type: the kernel's by number, others by name (never by squatting on a number).</summary>
public readonly record struct MapTypeReference(MapTypeNumber Number, string? Name = null)
{
    public override string ToString() => Name ?? $"type {Number.Value}";
}

/// <summary>A map's definition, as immutable data.</summary>
public sealed record MapSpec
{
    public required string Name { get; init; }

    public required MapTypeReference Type { get; init; }

    /// <summary>In bytes.</summary>
    public uint KeySize { get; init; }

    /// <summary>In bytes.</summary>
    public uint ValueSize { get; init; }

    public uint MaxEntries { get; init; }

    /// <summary><c>BPF_F_*</c> creation flags.</summary>
    public uint Flags { get; init; }

    /// <summary><c>map_extra</c>: its meaning belongs to the map type.</summary>
    public ulong Extra { get; init; }

    public MapPinning Pinning { get; init; }

    /// <summary>The template of inner maps, for a map of maps.</summary>
    public MapSpec? Inner { get; init; }

    /// <summary>Static contents of a map of maps or a program array: which object (map or program name) goes to which index.</summary>
    public ImmutableArray<MapSlotInitializer> Slots { get; init; } = [];

    /// <summary>The first value's bytes, for data sections; empty when there are none.</summary>
    public ImmutableArray<byte> InitialValue { get; init; } = [];

    /// <summary>Programs may not write it, and user code not after loading (<c>.rodata</c>).</summary>
    public bool IsFrozen { get; init; }

    /// <summary>The section that a data map holds; null for defined maps.</summary>
    public string? DataSection { get; init; }

    public BtfTypeId? KeyType { get; init; }

    public BtfTypeId? ValueType { get; init; }

    public BtfGraph? Btf { get; init; }
}

/// <summary>One static element of a map of maps or a program array.</summary>
public sealed record MapSlotInitializer(uint Index, string ObjectName);
