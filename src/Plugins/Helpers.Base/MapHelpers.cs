using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Helpers of keyed maps; prototypes as in kernel/bpf/helpers.c. The map decides what happens and which errno comes back.</summary>
public sealed unsafe class MapHelpers : HelperSet, IInliningHelperSet
{
    private const string LookupName = "bpf_map_lookup_elem";

    public MapHelpers()
        : base("map")
    {
        Add(
            new HelperDescriptor(LookupName)
            {
                Number = new(1),
                Description = "Finds the value of a key; 0 when there is none.",
                Arguments = [Argument.Map(MapOperations.Lookup), Argument.Key],
                Result = HelperResult.MapValueOrNull,
            },
            static (_, map, key, _, _, _) => (ulong)MapHandle.Keyed(map).ProgramLookup((byte*)key));
        Add(
            new HelperDescriptor("bpf_map_update_elem")
            {
                Number = new(2),
                Description = "Sets the value of a key: BPF_ANY, BPF_NOEXIST (-EEXIST when it is there) or BPF_EXIST (-ENOENT when it is not).",
                Arguments = [Argument.Map(MapOperations.Update), Argument.Key, Argument.Value, Argument.Flags],
            },
            static (_, map, key, value, flags, _) => (ulong)MapHandle.Keyed(map).ProgramUpdate((byte*)key, (byte*)value, flags));
        Add(
            new HelperDescriptor("bpf_map_delete_elem")
            {
                Number = new(3),
                Description = "Removes a key; -ENOENT when it is not there.",
                Arguments = [Argument.Map(MapOperations.Delete), Argument.Key],
            },
            static (_, map, key, _, _, _) => (ulong)MapHandle.Keyed(map).ProgramDelete((byte*)key));
        Add(
            new HelperDescriptor("bpf_map_lookup_percpu_elem")
            {
                Number = new(195),
                Description = "Finds the value that a key has for one CPU; 0 when there is no such key or CPU.",
                Arguments = [Argument.Map(MapOperations.PerCpuLookup), Argument.Key, Argument.Number("cpu")],
                Result = HelperResult.MapValueOrNull,
            },
            static (_, map, key, cpu, _, _) => (ulong)((IPerCpuMap)MapHandle.Resolve(map)).ProgramLookup((byte*)key, (int)cpu));
    }

    /// <inheritdoc/>
    public InlinedCode? Inline(HelperDescriptor helper, IMap? map)
    {
        ArgumentNullException.ThrowIfNull(helper);
        return helper.Name == LookupName ? (map as IInlinedLookupMap)?.LookupCode : null;
    }
}
