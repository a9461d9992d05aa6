using Skep.Verification.State;

namespace Skep.Verification.Checks;

/// <summary>Kinds of values, for messages.</summary>
internal static class RegisterNoun
{
    public static string Of(ValueKind kind) => kind switch
    {
        ValueKind.Uninitialized => "nothing",
        ValueKind.Scalar => "a number",
        ValueKind.Context => "the context",
        ValueKind.Stack => "a stack address",
        ValueKind.Map => "a map",
        ValueKind.MapValue => "a map value",
        ValueKind.MapKey => "a map key",
        ValueKind.Packet => "a packet address",
        ValueKind.PacketMeta => "a packet metadata address",
        ValueKind.PacketEnd => "the end of the packet",
        ValueKind.Memory => "a memory address",
        ValueKind.Object => "an object",
        ValueKind.Function => "a function",
        _ => "an iterator",
    };

    /// <summary>With whether it may be null.</summary>
    public static string Of(in RegisterState register) => register.MayBeNull ? Of(register.Kind) + " or null" : Of(register.Kind);
}
