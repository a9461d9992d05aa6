using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Verification.Walk;

/// <summary>What the verifier knows of a map that the program names, or of what a map of maps holds.</summary>
internal sealed class MapInput
{
    /// <summary>Linux: BPF_MAP_TYPE_PERCPU_ARRAY, whose keys are always there as an array's are.</summary>
    private static readonly MapTypeNumber PerCpuArray = new(6);

    /// <summary>Linux: BPF_MAP_TYPE_BLOOM_FILTER, which <c>bpf_map_peek_elem</c> asks whether it holds a value instead of taking one out.</summary>
    private static readonly MapTypeNumber BloomFilter = new(30);

    public MapInput(MapSpec spec, MapTypeDescriptor type, LoadedMap? map)
    {
        Spec = spec;
        Type = type;
        Map = map;
        (Access, Operations) = MapPermissions.Of(spec, type);
        Special = SpecialField.Find(spec);
    }

    public MapSpec Spec { get; }

    public MapTypeDescriptor Type { get; }

    /// <summary>Null for the template of inner maps.</summary>
    public LoadedMap? Map { get; }

    /// <summary>How programs may access values.</summary>
    public MemoryAccess Access { get; }

    /// <summary>What helpers may do with it for programs.</summary>
    public MapOperations Operations { get; }

    /// <summary>Locks and timers inside the value.</summary>
    public ImmutableArray<SpecialField> Special { get; }

    /// <summary>The index of the template of what it holds; 0 for none.</summary>
    public int Inner { get; init; }

    public int KeySize => (int)Spec.KeySize;

    public int ValueSize => (int)Spec.ValueSize;

    /// <summary>Keys are 32-bit indices and every one below max_entries has a value.</summary>
    public bool HasAllKeys => Spec.KeySize == sizeof(uint) && (Type.HasDirectValue || Type.Number == PerCpuArray) && !Type.HoldsMaps;

    /// <summary>Helpers read values that the prototype says they fill (resolve_map_arg_type in kernel/bpf/verifier.c).</summary>
    public bool OnlyTakesValues => Type.Number == BloomFilter;

    /// <summary>The first value's bytes, where neither programs nor user code may change them any more; else nothing.</summary>
    public unsafe ReadOnlySpan<byte> Constants => Spec.IsFrozen && (Access & MemoryAccess.Write) == 0 && Map?.Map is IDirectValueMap direct
        ? new ReadOnlySpan<byte>((void*)direct.Values.Address, (int)Spec.ValueSize)
        : [];

    /// <summary>The field of that kind, or null.</summary>
    public SpecialField? Find(SpecialFieldKind kind)
    {
        foreach (SpecialField field in Special)
        {
            if (field.Kind == kind)
            {
                return field;
            }
        }

        return null;
    }
}
