using Skep.Btf;
using Skep.Programs;

namespace Skep.Cli.Running;

/// <summary>The type of a ring buffer's records, which its definition may tell: <c>__type(value, struct event[0])</c>, or the struct itself.</summary>
internal static class RecordType
{
    /// <returns>Null when the definition says nothing.</returns>
    public static BtfTypeId? Find(MapSpec ring)
    {
        if (ring.Btf is not { } btf || ring.ValueType is not { } declared)
        {
            return null;
        }

        return btf.ResolveType(declared) is BtfArray { Count: 0 } none ? none.Element : declared;
    }
}
