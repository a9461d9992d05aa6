using System.Collections.Immutable;
using Skep.Contracts;

namespace Skep.Runtime.Life;

/// <summary>Says where the prototypes of two versions of a helper differ; words for people are not part of a prototype.</summary>
internal static class HelperChange
{
    /// <returns>Null when a program that was proved with one of the two is right with the other.</returns>
    public static string? Describe(HelperDescriptor before, HelperDescriptor now)
    {
        int common = Math.Min(before.Arguments.Length, now.Arguments.Length);
        for (int i = 0; i < common; i++)
        {
            if (Describe(before.Arguments[i], now.Arguments[i]) is { } change)
            {
                return $"argument {i + 1} ({before.Arguments[i].Name}) {change}";
            }
        }

        return before.Arguments.Length != now.Arguments.Length ? $"it had {before.Arguments.Length} arguments and has {now.Arguments.Length}"
            : before.Result.Kind != now.Result.Kind ? $"the result was {before.Result.Kind} and is {now.Result.Kind}"
            : before.Result != now.Result ? $"the result was {before.Result} and is {now.Result}"
            : before.IsVariadic != now.IsVariadic ? Flag("looks at the registers after its arguments", now.IsVariadic)
            : before.IsGplOnly != now.IsGplOnly ? Flag("is for programs under the GPL only", now.IsGplOnly)
            : before.InvalidatesPackets != now.InvalidatesPackets ? Flag("invalidates packet pointers", now.InvalidatesPackets)
            : before.IsTailCall != now.IsTailCall ? Flag("goes on in another program", now.IsTailCall)
            : before.Lock != now.Lock ? $"its effect on locks was {before.Lock} and is {now.Lock}"
            : null;
    }

    private static string? Describe(HelperArgument before, HelperArgument now)
    {
        return before.Kind != now.Kind ? $"was {before.Kind} and is {now.Kind}"
            : before.Flags != now.Flags ? $"was {before.Kind} with {before.Flags} and is with {now.Flags}"
            : before.FixedSize != now.FixedSize ? $"was {before.FixedSize} bytes and is {now.FixedSize}"
            : before.Operations != now.Operations ? $"asked for maps with {before.Operations} and asks for {now.Operations}"
            : before.ObjectType != now.ObjectType ? $"was of type {before.ObjectType ?? "none"} and is of {now.ObjectType ?? "none"}"
            : !AreEqual(before.Callback, now.Callback) ? "is called back otherwise"
            : null;
    }

    private static bool AreEqual(CallbackDescriptor? one, CallbackDescriptor? other)
        => one is null || other is null
            ? one == other
            : one with { Arguments = ImmutableArray<CallbackArgumentKind>.Empty } == other with { Arguments = ImmutableArray<CallbackArgumentKind>.Empty }
                && one.Arguments.SequenceEqual(other.Arguments);

    private static string Flag(string what, bool now) => now ? $"it {what} now" : $"it no longer {what}";
}
