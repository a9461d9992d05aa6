using Skep.Contracts;
using Skep.Programs;

namespace Skep.Runtime;

/// <summary>What programs may do with a map, from its definition: the same for the verifier and for what checks while running.</summary>
internal static class MapPermissions
{
    private const MapOperations Changing = MapOperations.Update | MapOperations.Delete | MapOperations.Push | MapOperations.Pop;

    public static (MemoryAccess Access, MapOperations Operations) Of(MapSpec spec, MapTypeDescriptor type)
    {
        MemoryAccess access = MemoryAccess.ReadWrite;
        MapOperations operations = type.Operations;
        if (spec.IsFrozen || (spec.Flags & MapFlags.ReadOnlyProgram) != 0)
        {
            // As in Linux (record_func_map): what may not be stored to may not be changed through a helper either.
            access &= ~MemoryAccess.Write;
            operations &= ~Changing;
        }

        if ((spec.Flags & MapFlags.WriteOnlyProgram) != 0)
        {
            access &= ~MemoryAccess.Read;
        }

        return (access, operations);
    }
}
