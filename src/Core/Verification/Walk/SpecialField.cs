using System.Collections.Immutable;
using Skep.Btf;
using Skep.Programs;

namespace Skep.Verification.Walk;

/// <summary>What a map value may hold that programs must not touch as plain memory.</summary>
internal enum SpecialFieldKind : byte
{
    SpinLock,
    Timer,
}

/// <param name="Offset">Within the value, in bytes.</param>
/// <param name="Size">In bytes.</param>
internal readonly record struct SpecialField(SpecialFieldKind Kind, int Offset, int Size)
{
    private const int MaximumDepth = 8;

    /// <summary>Members looked at; types that a hostile object nests have exponentially many.</summary>
    private const int MaximumMembers = 4096;

    /// <summary>Looks for <c>struct bpf_spin_lock</c> and <c>struct bpf_timer</c> among the members of a map's value type (btf_find_field in kernel/bpf/btf.c).</summary>
    public static ImmutableArray<SpecialField> Find(MapSpec spec)
    {
        var found = ImmutableArray.CreateBuilder<SpecialField>();
        int budget = MaximumMembers;
        if (spec is { Btf: { } btf, ValueType: { } type })
        {
            switch (btf.ResolveType(type))
            {
                case BtfStruct { IsUnion: false } value:
                    Search(btf, value, 0, 0, ref budget, found);
                    break;
                case BtfDataSection section:
                    SearchSection(btf, section, ref budget, found);
                    break;
            }
        }

        return found.ToImmutable();
    }

    public bool Overlaps(long start, long end) => start < Offset + Size && end > Offset;

    private static void SearchSection(BtfGraph btf, BtfDataSection section, ref int budget, ImmutableArray<SpecialField>.Builder found)
    {
        foreach (BtfSectionVariable variable in section.Variables)
        {
            if (budget-- > 0 && btf.ResolveType(variable.Variable) is BtfVariable declared && btf.ResolveType(declared.Type) is BtfStruct { IsUnion: false } type)
            {
                Add(btf, type, (int)variable.Offset, 0, ref budget, found);
            }
        }
    }

    private static void Search(BtfGraph btf, BtfStruct type, int offset, int depth, ref int budget, ImmutableArray<SpecialField>.Builder found)
    {
        foreach (BtfMember member in type.Members)
        {
            if (budget-- <= 0)
            {
                return;
            }

            if (btf.ResolveType(member.Type) is not BtfStruct { IsUnion: false } inner)
            {
                continue;
            }

            Add(btf, inner, offset + (int)(member.BitOffset / 8), depth, ref budget, found);
        }
    }

    private static void Add(BtfGraph btf, BtfStruct type, int offset, int depth, ref int budget, ImmutableArray<SpecialField>.Builder found)
    {
        if (KindOf(type.Name) is { } kind)
        {
            found.Add(new SpecialField(kind, offset, (int)type.Size));
        }
        else if (depth < MaximumDepth)
        {
            Search(btf, type, offset, depth + 1, ref budget, found);
        }
    }

    private static SpecialFieldKind? KindOf(string name) => name switch
    {
        "bpf_spin_lock" => SpecialFieldKind.SpinLock,
        "bpf_timer" => SpecialFieldKind.Timer,
        _ => null,
    };
}
