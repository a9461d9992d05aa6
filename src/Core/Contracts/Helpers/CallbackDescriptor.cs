using System.Collections.Immutable;

namespace Skep.Contracts;

/// <summary>What a helper passes to a function of the program that it calls back.</summary>
public enum CallbackArgumentKind : byte
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>The map of the helper's own <see cref="HelperArgumentKind.ConstMap"/> argument, or the map that its <see cref="HelperArgumentKind.Timer"/> lies in.</summary>
    Map,

    /// <summary>A key of that map, readable for the call.</summary>
    MapKey,

    /// <summary>A value of that map, never null, accessible for the call as the map's values are.</summary>
    MapValue,

    /// <summary>What the program gave as <see cref="HelperArgumentKind.StackOrNull"/>.</summary>
    Context,
}

/// <summary>
/// How a helper calls a function of the program: any number of times, on the caller's thread, before the helper returns; or later, when it
/// <see cref="IsAsynchronous"/>.
/// </summary>
/// <param name="Arguments">R1 and following; the registers after them hold nothing.</param>
public sealed record CallbackDescriptor(ImmutableArray<CallbackArgumentKind> Arguments)
{
    /// <summary>The helper's argument, counted from 0, that says how often it calls at most; -1 when none does.</summary>
    public int CountArgument { get; init; } = -1;

    /// <summary>
    /// The function is called after the helper has returned, when whatever called the helper may be over, as a timer's is (<c>bpf_timer_set_callback</c>): it
    /// begins with a stack of its own and holds nothing, and it is proved apart from its caller. Its map, key and value are those of the map that holds the
    /// <see cref="HelperArgumentKind.Timer"/> argument, or of the <see cref="HelperArgumentKind.ConstMap"/>; <see cref="CallbackArgumentKind.Context"/> holds
    /// nothing. The kernel's return 0.
    /// </summary>
    /// <remarks>This is what the verifier proves; <see cref="Invocation.Call"/> serves only while the helper runs.</remarks>
    public bool IsAsynchronous { get; init; }

    /// <summary>What the function may return; the kernel's callbacks return 0 to go on and 1 to stop.</summary>
    public ReturnRange Returns { get; init; } = new(0, 1);
}
