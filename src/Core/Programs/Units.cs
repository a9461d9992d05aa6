namespace Skep.Programs;

/// <summary>An instruction slot of a program, counted in 8-byte slots from its first instruction; a 64-bit immediate takes two.</summary>
public readonly record struct SlotIndex(int Value) : IComparable<SlotIndex>
{
    public int CompareTo(SlotIndex other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A helper's number as in <c>linux/bpf.h</c> (<c>BPF_FUNC_*</c>).</summary>
public readonly record struct HelperNumber(int Value)
{
    public override string ToString() => $"#{Value}";
}

/// <summary>A map type's number as in <c>linux/bpf.h</c> (<c>BPF_MAP_TYPE_*</c>).</summary>
public readonly record struct MapTypeNumber(uint Value);

/// <summary>A program type's number as in <c>linux/bpf.h</c> (<c>BPF_PROG_TYPE_*</c>).</summary>
public readonly record struct ProgramTypeNumber(uint Value);

/// <summary>A loaded program's id, unique in its runtime and never given twice.</summary>
public readonly record struct ProgramId(uint Value);

/// <summary>A map's id, unique in its runtime and never given twice.</summary>
public readonly record struct MapId(uint Value);

/// <summary>A link's id, unique in its runtime and never given twice.</summary>
public readonly record struct LinkId(uint Value);
