using System.Collections.Immutable;

namespace Skep.Btf;

/// <summary>An immutable graph of types; a type refers to others by number. Safe for any number of threads.</summary>
public sealed class BtfGraph
{
    private readonly ImmutableArray<BtfType> _types;

    /// <param name="types">By number; the first is <see cref="BtfVoid"/>. Every number inside refers to an element.</param>
    public BtfGraph(ImmutableArray<BtfType> types) => _types = types;

    public int Count => _types.Length;

    public ImmutableArray<BtfType> Types => _types;

    public BtfType this[BtfTypeId id] => _types[(int)id.Value];
}
