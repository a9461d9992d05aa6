using Skep.Contracts;
using static Skep.Contracts.CallbackArgumentKind;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>Helpers that call functions of the program back (kernel/bpf/bpf_iter.c, arraymap.c, hashtab.c).</summary>
internal sealed class CallbackHelpers : PrototypeSet
{
    private static readonly HelperArgument Given = new(HelperArgumentKind.StackOrNull, "callback_ctx");

    public CallbackHelpers()
        : base("callback")
    {
        var element = new CallbackDescriptor([CallbackArgumentKind.Map, MapKey, CallbackArgumentKind.MapValue, CallbackArgumentKind.Context]);
        var round = new CallbackDescriptor([CallbackArgumentKind.Number, CallbackArgumentKind.Context]) { CountArgument = 0 };
        Add(164, "for_each_map_elem", Map(MapOperations.ForEach), Function(element), Given, Flags);
        Add(181, "loop", Number("nr_loops"), Function(round), Given, Flags);
    }

    private static HelperArgument Function(CallbackDescriptor callback) => new(HelperArgumentKind.Function, "callback_fn") { Callback = callback };
}
