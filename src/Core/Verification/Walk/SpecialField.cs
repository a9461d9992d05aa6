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
        if (spec is not { Btf: { } btf, ValueType: { } type } || btf.ResolveType(type) is not BtfStruct { IsUnion: false } value)
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<SpecialField>();
        int budget = MaximumMembers;
        Search(btf, value, 0, 0, ref budget, found);
        return found.ToImmutable();
    }

    public bool Overlaps(long start, long end) => start < Offset + Size && end > Offset;

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

            int at = offset + (int)(member.BitOffset / 8);
            if (KindOf(inner.Name) is { } kind)
            {
                found.Add(new SpecialField(kind, at, (int)inner.Size));
            }
            else if (depth < MaximumDepth)
            {
                Search(btf, inner, at, depth + 1, ref budget, found);
            }
        }
    }

    private static SpecialFieldKind? KindOf(string name) => name switch
    {
        "bpf_spin_lock" => SpecialFieldKind.SpinLock,
        "bpf_timer" => SpecialFieldKind.Timer,
        _ => null,
    };
}
