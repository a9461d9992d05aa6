using System.Collections.Immutable;
using Skep.Contracts;
using Skep.TestPrograms.Registries;

namespace Skep.TestPrograms.Worlds;

/// <summary>
/// The program types of the corpus in a host's struct: the pointers of a context lie behind what programs see of it, whole, so that lowering has to convert
/// every access of one.
/// </summary>
internal static class HostTypes
{
    private static readonly ImmutableDictionary<(string Name, bool IsStrict), IProgramType> All =
        (from name in TestProgramTypes.Names from isStrict in (bool[])[false, true] select (name, isStrict))
        .ToImmutableDictionary(key => key, key => (IProgramType)new HostType(TestProgramTypes.Find(key.name, key.isStrict).Descriptor));

    internal static IProgramType Find(string name, bool isStrict = false) => All[(name, isStrict)];

    private static ContextLayout Host(ContextLayout layout)
    {
        int end = (layout.Size + 7) & -8;
        var fields = ImmutableArray.CreateBuilder<ContextField>();
        foreach (ContextField field in layout.Fields)
        {
            bool isNarrowPointer = field.Kind != ContextFieldKind.Scalar && field.Size < sizeof(ulong);
            fields.Add(isNarrowPointer ? field with { HostOffset = end, HostSize = sizeof(ulong) } : field);
            end += isNarrowPointer ? sizeof(ulong) : 0;
        }

        return layout with { Fields = fields.ToImmutable(), HostSize = end };
    }

    private sealed class HostType(ProgramTypeDescriptor descriptor) : IProgramType
    {
        public ProgramTypeDescriptor Descriptor { get; } = descriptor with { Context = Host(descriptor.Context) };

        public ProgramEntry Enter(MemoryRegion data, nint scratch) => default;

        public void Leave(MemoryRegion data, nint scratch, ulong result)
        {
        }
    }
}
