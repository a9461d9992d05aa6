using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Helpers of keyed maps; prototypes as in kernel/bpf/helpers.c. The map decides what happens and which errno comes back.</summary>
[HelperSet("map")]
public sealed unsafe partial class MapHelpers : IInliningHelperSet
{
    private const string LookupName = "bpf_map_lookup_elem";

    [Helper(LookupName, Number = 1, Description = "Finds the value of a key; 0 when there is none.")]
    [return: Result(HelperResultKind.MapValueOrNull)]
    private static nint Lookup([Argument(Operations = MapOperations.Lookup)] MapRef map, [Argument(HelperArgumentKind.MapKey)] byte* key)
        => map.Keyed.ProgramLookup(key);

    [Helper("bpf_map_update_elem", Number = 2, Description = "Sets the value of a key: BPF_ANY, BPF_NOEXIST (-EEXIST when it is there) or BPF_EXIST (-ENOENT when it is not).")]
    private static long Update(
        [Argument(Operations = MapOperations.Update)] MapRef map, [Argument(HelperArgumentKind.MapKey)] byte* key, [Argument(HelperArgumentKind.MapValue)] byte* value, ulong flags)
        => map.Keyed.ProgramUpdate(key, value, flags);

    [Helper("bpf_map_delete_elem", Number = 3, Description = "Removes a key; -ENOENT when it is not there.")]
    private static long Delete([Argument(Operations = MapOperations.Delete)] MapRef map, [Argument(HelperArgumentKind.MapKey)] byte* key)
        => map.Keyed.ProgramDelete(key);

    [Helper("bpf_map_lookup_percpu_elem", Number = 195, Description = "Finds the value that a key has for one CPU; 0 when there is no such key or CPU.")]
    [return: Result(HelperResultKind.MapValueOrNull)]
    private static nint LookupOfCpu([Argument(Operations = MapOperations.PerCpuLookup)] MapRef map, [Argument(HelperArgumentKind.MapKey)] byte* key, uint cpu)
        => ((IPerCpuMap)map.Map).ProgramLookup(key, (int)cpu);

    /// <inheritdoc/>
    public InlinedCode? Inline(HelperDescriptor helper, IMap? map)
    {
        ArgumentNullException.ThrowIfNull(helper);
        return helper.Name == LookupName ? (map as IInlinedLookupMap)?.LookupCode : null;
    }
}
