using Skep.Contracts;
using Skep.Testing;

namespace Skep.Sdk.Testing.Tests;

/// <summary>Each defect of a helper is seen by the test that is there for it.</summary>
public sealed unsafe class HelperContractTests
{
    [Fact]
    public void A_result_beyond_its_range_is_seen()
        => ShouldFail.With<OneHelper.BeyondRange>(nameof(HelperSetContract.Results_are_what_the_descriptor_claims), "which the verifier relies on");

    [Fact]
    public void A_result_beyond_its_size_is_seen()
        => ShouldFail.With<OneHelper.BeyondSize>(nameof(HelperSetContract.Results_are_what_the_descriptor_claims), "at most that");

    [Fact]
    public void Inlined_code_that_does_something_else_is_seen()
        => ShouldFail.With<OneHelper.WrongInlining>(nameof(HelperSetContract.Every_engine_gives_the_same_as_the_interpreter_that_calls_and_never_inlines), "acme.broken/inlined");

    [Fact]
    public void A_helper_that_throws_at_times_is_seen()
        => ShouldFail.With<OneHelper.Throws>(nameof(HelperSetContract.Results_are_what_the_descriptor_claims), "a helper threw");

    [Fact]
    public void A_helper_that_threads_upset_is_seen()
        => ShouldFail.With<OneHelper.Unsafe>(nameof(HelperSetContract.Many_threads_may_call_at_once), "says 1 to 1");

    [Fact]
    public void A_helper_that_runs_out_of_what_is_given_back_is_seen()
        => ShouldFail.With<OneHelper.Leaks>(nameof(HelperSetContract.What_is_acquired_and_kept_is_refused_and_what_is_given_back_can_be_had_again), "there is nothing left");

    [Fact]
    public void A_C_function_that_does_something_else_is_seen()
        => ShouldFail.With<OneHelper.WrongNative>(nameof(HelperSetContract.C_functions_give_the_same_as_managed_ones), "the C function gives");

    [Fact]
    public void A_helper_without_a_program_is_seen()
        => ShouldFail.With<OneHelper.NoMap>(nameof(HelperSetContract.Each_helper_can_be_called_by_a_program), "there is none");

    [Fact]
    public void A_descriptor_with_a_gap_is_seen()
        => ShouldFail.With<OneHelper.NoSize>(nameof(HelperSetContract.The_descriptors_are_valid), "memory needs a fixed size");

    [Fact]
    public void Right_helpers_pass()
    {
        foreach (string test in (string[])
            [
                nameof(HelperSetContract.The_descriptors_are_valid), nameof(HelperSetContract.Each_helper_can_be_called_by_a_program), nameof(HelperSetContract.Wrong_arguments_are_refused),
                nameof(HelperSetContract.Every_engine_gives_the_same_as_the_interpreter_that_calls_and_never_inlines), nameof(HelperSetContract.Results_are_what_the_descriptor_claims),
                nameof(HelperSetContract.Many_threads_may_call_at_once),
            ])
        {
            ShouldFail.NotWith<OneHelper.Right>(test);
        }
    }
}

/// <summary>Sets of one helper each.</summary>
internal static unsafe class OneHelper
{
    private static readonly HelperArgument Number = new(HelperArgumentKind.Anything, "number");
    private static readonly HelperArgument Memory = new(HelperArgumentKind.ReadableMemory, "memory");
    private static readonly HelperArgument Size = new(HelperArgumentKind.Size, "size");

    private static HelperDescriptor Describe(string name, params HelperArgument[] arguments) => new($"acme.broken/{name}") { Description = "A helper with a defect.", Arguments = [.. arguments] };

    internal abstract class Set(params (HelperDescriptor Descriptor, HelperFunction Function)[] helpers) : HelperSetContract
    {
        protected override IHelperSet Create() => new Plain(helpers);
    }

    internal class Plain : HelperSet
    {
        public Plain((HelperDescriptor Descriptor, HelperFunction Function)[] helpers)
            : base("acme.broken")
        {
            foreach ((HelperDescriptor descriptor, HelperFunction function) in helpers)
            {
                Add(descriptor, function);
            }
        }
    }

    internal sealed class Right() : Set(
        (Describe("sum", Memory, Size) with { Result = HelperResult.Integer with { IsBoundedBySize = true } }, static (_, memory, size, _, _, _) => (ulong)new ReadOnlySpan<byte>((void*)memory, (int)size).Count((byte)0)),
        (Describe("low", Number) with { Result = HelperResult.Integer with { Range = new(0, 15) } }, static (_, number, _, _, _, _) => number & 15));

    internal sealed class BeyondRange() : Set((Describe("range", Number) with { Result = HelperResult.Integer with { Range = new(0, 15) } }, static (_, number, _, _, _, _) => number & 31));

    internal sealed class BeyondSize() : Set((Describe("size", Memory, Size) with { Result = HelperResult.Integer with { IsBoundedBySize = true } }, static (_, _, size, _, _, _) => size + 1));

    internal sealed class Throws() : Set((Describe("throws", Number), static (_, number, _, _, _, _) => number == 63 ? throw new FormatException() : number));

    internal sealed class NoMap() : Set((Describe("map", new HelperArgument(HelperArgumentKind.ConstMap, "map") { Operations = MapOperations.StackTrace }), static (_, _, _, _, _, _) => 0));

    internal sealed class NoSize() : Set((Describe("gap", Memory), static (_, _, _, _, _, _) => 0));

    internal sealed class Unsafe : HelperSetContract
    {
        protected override IHelperSet Create()
        {
            int inside = 0;
            return new Plain(
            [
                (Describe("threads", Number) with { Result = HelperResult.Integer with { Range = new(1, 1) } }, (_, _, _, _, _, _) =>
                {
                    // Counts on being alone.
                    Volatile.Write(ref inside, inside + 1);
                    Thread.Yield();
                    int seen = Volatile.Read(ref inside);
                    Volatile.Write(ref inside, 0);
                    return (ulong)seen;
                }),
            ]);
        }
    }

    internal sealed class Leaks : HelperSetContract
    {
        protected override IHelperSet Create()
        {
            int left = 1_000;
            nint memory = (nint)System.Runtime.InteropServices.NativeMemory.AllocZeroed(64);
            return new Plain(
            [
                (Describe("take") with { Result = new HelperResult(HelperResultKind.MemoryOrNull) { FixedSize = 8, ObjectType = "thing", ReleasedBy = "acme.broken/give" } }, (_, _, _, _, _, _) => Interlocked.Decrement(ref left) > 0 ? (ulong)memory : 0),
                (Describe("give", new HelperArgument(HelperArgumentKind.AcquiredMemory, "thing", HelperArgumentFlags.Releases) { ObjectType = "thing" }) with { Result = HelperResult.Void }, static (_, _, _, _, _, _) => 0),
            ]);
        }
    }

    internal sealed class WrongInlining : HelperSetContract
    {
        protected override IHelperSet Create() => new Inlined();

        private sealed class Inlined() : Plain([(Describe("inlined", Number), static (_, number, _, _, _, _) => number + 1)]), IInliningHelperSet
        {
            public InlinedCode? Inline(HelperDescriptor helper, IMap? map) => InlinedCode.Assemble("r0 = r1\nw0 += 1");
        }
    }

    internal sealed class WrongNative : HelperSetContract
    {
        protected override IHelperSet Create() => new Native();

        private sealed class Native() : Plain([(Describe("native", Number), static (_, number, _, _, _, _) => number + 1)]), INativeHelperSet
        {
            public nint GetNativeFunction(HelperDescriptor helper) => (nint)(delegate* unmanaged[Cdecl]<Invocation*, ulong, ulong>)&Function;

            [System.Runtime.InteropServices.UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
            private static ulong Function(Invocation* invocation, ulong number) => number + 2;
        }
    }
}
