using System.Collections.Immutable;
using Skep.Contracts;

namespace Skep.Testing;

/// <summary>Helpers that compiled code under test calls.</summary>
internal sealed unsafe class JitHelpers : HelperSet
{
    public const string Mix = "skep.testing/mix";
    public const string Throw = "skep.testing/throw";
    public const string Repeat = "skep.testing/repeat";

    public JitHelpers()
        : base("skep.testing.jit")
    {
        ImmutableArray<HelperArgument> five = [.. Enumerable.Range(1, 5).Select(i => new HelperArgument(HelperArgumentKind.Anything, $"r{i}"))];
        Add(new HelperDescriptor(Mix) { Arguments = five }, static (_, r1, r2, r3, r4, r5) => r1 + (3 * r2) ^ (5 * r3) + (7 * r4) - (11 * r5));
        Add(new HelperDescriptor(Throw) { Arguments = [five[0]] }, static (_, r1, _, _, _, _) => r1 % 2 == 0 ? r1 + 1 : throw new InvalidOperationException("as it was told to"));
        Add(
            new HelperDescriptor(Repeat)
            {
                Arguments =
                [
                    new(HelperArgumentKind.Anything, "count"),
                    new(HelperArgumentKind.Function, "function") { Callback = new CallbackDescriptor([CallbackArgumentKind.Number, CallbackArgumentKind.Context]) { CountArgument = 0 } },
                    new(HelperArgumentKind.StackOrNull, "context"),
                ],
            },
            static (invocation, count, function, context, _, _) =>
            {
                ulong done = 0;
                while (done < Math.Min(count, 100) && Invocation.Call(invocation, function, done, context) == 0 && !invocation->HasTrapped)
                {
                    done++;
                }

                return done;
            });
    }
}
