using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Skep.Btf;

/// <summary>
/// An immutable graph of types; a type refers to others by number. Safe for any number of threads. Walks stop after
/// <see cref="MaximumDepth"/> steps, so that a graph with a cycle gives null and never hangs.
/// </summary>
public sealed class BtfGraph
{
    /// <summary>How many modifiers, arrays or typedefs may lie on the way to a type before it counts as unresolvable.</summary>
    public const int MaximumDepth = 128;

    private readonly ImmutableArray<BtfType> _types;
    private readonly Lazy<Dictionary<string, List<BtfTypeId>>> _byName;

    /// <param name="types">By number; the first is <see cref="BtfVoid"/>. Every number inside refers to an element.</param>
    public BtfGraph(ImmutableArray<BtfType> types)
    {
        _types = types;
        _byName = new(IndexNames);
    }

    public int Count => _types.Length;

    public ImmutableArray<BtfType> Types => _types;

    /// <param name="id">Of this graph: <see cref="Contains"/> holds.</param>
    public BtfType this[BtfTypeId id] => _types[(int)id.Value];

    public bool Contains(BtfTypeId id) => id.Value < (uint)_types.Length;

    public bool TryGet(BtfTypeId id, [NotNullWhen(true)] out BtfType? type)
    {
        type = Contains(id) ? this[id] : null;
        return type is not null;
    }

    /// <summary>The number of the type behind typedefs, qualifiers and tags; null when there is none (a bad number, a cycle).</summary>
    public BtfTypeId? ResolveId(BtfTypeId id)
    {
        for (int depth = 0; depth < MaximumDepth && TryGet(id, out BtfType? type); depth++)
        {
            if (TargetOfModifier(type) is not { } target)
            {
                return id;
            }

            id = target;
        }

        return null;
    }

    /// <summary>The type behind typedefs, qualifiers and tags; null when there is none (a bad number, a cycle).</summary>
    public BtfType? ResolveType(BtfTypeId id) => ResolveId(id) is { } resolved ? this[resolved] : null;

    /// <summary>
    /// The size in bytes of a value of the type (of the variable, for a <see cref="BtfVariable"/>); null for what has
    /// none: void, functions, forward declarations, sizes past 4 GiB, and numbers that do not resolve.
    /// </summary>
    public uint? SizeOf(BtfTypeId id)
    {
        ulong elements = 1;
        for (int depth = 0; depth < MaximumDepth; depth++)
        {
            switch (ResolveType(id))
            {
                case BtfArray array:
                    elements *= array.Count;
                    id = array.Element;
                    break;
                case BtfVariable variable:
                    id = variable.Type;
                    break;
                case { } type when SizeOfScalar(type) is { } size:
                    return elements * size is var total and <= uint.MaxValue ? (uint)total : null;
                default:
                    return null;
            }

            if (elements > uint.MaxValue)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The first type of kind <typeparamref name="T"/> that has this name; null when there is none.</summary>
    public BtfTypeId? FindByName<T>(string name)
        where T : BtfType
    {
        foreach (BtfTypeId id in FindAllByName(name))
        {
            if (this[id] is T)
            {
                return id;
            }
        }

        return null;
    }

    /// <summary>Every type of this name, of whatever kind, by number.</summary>
    public IReadOnlyList<BtfTypeId> FindAllByName(string name)
        => _byName.Value.TryGetValue(name, out List<BtfTypeId>? ids) ? ids : [];

    private static BtfTypeId? TargetOfModifier(BtfType type) => type switch
    {
        BtfTypedef typedef => typedef.Target,
        BtfQualified qualified => qualified.Target,
        BtfTypeTag tag => tag.Target,
        _ => null,
    };

    private static uint? SizeOfScalar(BtfType type) => type switch
    {
        BtfInteger integer => integer.Size,
        BtfFloat real => real.Size,
        BtfPointer => 8,
        BtfStruct composite => composite.Size,
        BtfEnum enumeration => enumeration.Size,
        BtfDataSection section => section.Size,
        _ => null,
    };

    private Dictionary<string, List<BtfTypeId>> IndexNames()
    {
        var index = new Dictionary<string, List<BtfTypeId>>();
        for (int number = 0; number < _types.Length; number++)
        {
            if (_types[number].Name.Length == 0)
            {
                continue;
            }

            if (!index.TryGetValue(_types[number].Name, out List<BtfTypeId>? ids))
            {
                index.Add(_types[number].Name, ids = new(1));
            }

            ids.Add(new((uint)number));
        }

        return index;
    }
}
