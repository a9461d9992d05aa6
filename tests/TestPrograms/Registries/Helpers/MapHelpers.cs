using Skep.Contracts;
using static Skep.Contracts.HelperArgumentKind;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>kernel/bpf/helpers.c: keyed maps, queues and stacks, tail calls.</summary>
internal sealed class MapHelpers : PrototypeSet
{
    private static readonly HelperArgument Key = new(MapKey, "key");

    private static readonly HelperArgument Value = new(HelperArgumentKind.MapValue, "value");

    private static readonly HelperArgument ValueOut = new(HelperArgumentKind.MapValue, "value", HelperArgumentFlags.Uninitialized);

    public MapHelpers()
        : base("map")
    {
        Add(Prototype(1, "map_lookup_elem", Map(MapOperations.Lookup), Key) with { Result = HelperResult.MapValueOrNull });
        Add(2, "map_update_elem", Map(MapOperations.Update), Key, Value, Flags);
        Add(3, "map_delete_elem", Map(MapOperations.Delete), Key);
        Add(Prototype(195, "map_lookup_percpu_elem", Map(MapOperations.PerCpuLookup), Key, Number("cpu")) with { Result = HelperResult.MapValueOrNull });
        Add(87, "map_push_elem", Map(MapOperations.Push), Value, Flags);
        Add(88, "map_pop_elem", Map(MapOperations.Pop), ValueOut);
        Add(89, "map_peek_elem", Map(MapOperations.Peek), ValueOut);
        Add(Prototype(12, "tail_call", Context, Map(MapOperations.TailCall), Number("index")) with { Result = HelperResult.Void, IsTailCall = true });
    }
}
