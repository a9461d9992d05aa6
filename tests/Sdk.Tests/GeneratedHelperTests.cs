using Skep.Contracts;
using Skep.Programs;
using Skep.Sdk.Tests.Harness;
using Skep.Sdk.Tests.Sets;

namespace Skep.Sdk.Tests;

/// <summary>Programs get from generated helpers what C# says, on every engine.</summary>
public sealed unsafe class GeneratedHelperTests
{
    public static TheoryData<string> Engines => SdkRun.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void An_instance_keeps_state(string engine)
    {
        using var run = new SdkRun(engine);
        Assert.Equal(2ul, run.Value("call kernel-function#0\ncall kernel-function#0\nexit", "test_many_count"));
        Assert.Equal(2, run.Many.Calls);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Numbers_are_cut_to_their_type_and_extended_to_a_register(string engine)
    {
        using var run = new SdkRun(engine);
        Assert.Equal(unchecked(0x34ul + (ulong)-1000L), Call(run, "bytes", 0x1234, 0xff));
        Assert.Equal(unchecked((ulong)(0xffff - 0x8000)), Call(run, "words", 0xabcdffff, 0x8000));
        Assert.Equal(0ul, Call(run, "narrow", 0x1_ffff_ffff));
        Assert.Equal(unchecked((ulong)-7L), Call(run, "negative", 0xdead_0000_0007));
        Assert.Equal(unchecked(1ul + 2 - 3 + 4), Call(run, "wide", 1, 2, unchecked((ulong)-3L), 4));
        Assert.Equal(0ul, Call(run, "flag", 0x100));
        Assert.Equal(1ul, Call(run, "flag", 0));
        Assert.Equal((ulong)Colour.Blue, Call(run, "colour", 0x101));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Spans_are_memory_with_its_size(string engine)
    {
        using var run = new SdkRun(engine);
        const string Sum = "r1 = 0x04030201\n*(u32 *)(r10 -8) = r1\nr1 = r10\nr1 += -8\nr2 = 3\ncall kernel-function#0\nexit";
        Assert.Equal(6ul, run.Value(Sum, "test_many_sum"));
        Assert.Equal(0ul, run.Value("r1 = 0\nr2 = 0\ncall kernel-function#0\nexit", "test_many_length"));
        const string Fill = "r1 = r10\nr1 += -8\nr2 = 8\nr3 = 7\ncall kernel-function#0\nr0 = *(u64 *)(r10 -8)\nexit";
        Assert.Equal(0x0707070707070707ul, run.Value(Fill, "test_many_fill"));
        const string Double = "r1 = 21\n*(u64 *)(r10 -8) = r1\nr1 = r10\nr1 += -8\nr2 = 8\ncall kernel-function#0\nr0 = *(u64 *)(r10 -8)\nexit";
        Assert.Equal(42ul, run.Value(Double, "test_many_double"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void References_are_memory_of_the_structs_size(string engine)
    {
        using var run = new SdkRun(engine);
        const string Point = "r1 = 3\n*(u32 *)(r10 -8) = r1\nr1 = 4\n*(u32 *)(r10 -4) = r1\nr1 = r10\nr1 += -8\n";
        Assert.Equal(25ul, run.Value(Point + "call kernel-function#0\nexit", "test_many_norm"));
        Assert.Equal(4ul, run.Value(Point + "call kernel-function#0\nr0 = *(u32 *)(r10 -8)\nexit", "test_many_swap"));
        const string Split = "r1 = 0x500000006\nr2 = r10\nr2 += -8\ncall kernel-function#0\nr1 = *(u32 *)(r10 -4)\nr0 += r1\nexit";
        Assert.Equal(5ul, run.Value(Split, "test_many_split"));
        Assert.Equal(Errno.EINVAL.ToProgram(), run.Value("r1 = 0\nr2 = r10\nr2 += -8\ncall kernel-function#0\nexit", "test_many_split"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Maps_are_looked_up_changed_and_their_values_returned(string engine)
    {
        using var run = new SdkRun(engine);
        const string Put = "r1 = map[id:0]\nr2 = 5\nr3 = 41\ncall kernel-function#0\nexit";
        Assert.Equal(0ul, run.Value(Put, "test_many_put"));
        const string Increment =
            """
            r1 = 5
            *(u32 *)(r10 -4) = r1
            r1 = map[id:0]
            r2 = r10
            r2 += -4
            call kernel-function#0
            if r0 == 0 goto pc+1
            r0 = *(u64 *)(r0 +0)
            exit
            """;
        Assert.Equal(42ul, run.Value(Increment, "test_many_increment"));
        Assert.Equal(0ul, run.Value(Put.Replace("41", "0", StringComparison.Ordinal), "test_many_put"));
        Assert.Equal(0ul, run.Value(Increment, "test_many_increment"));
        Assert.Equal(Errno.ENOENT.ToProgram(), run.Value(Put.Replace("41", "0", StringComparison.Ordinal), "test_many_put"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_context_is_taken_by_reference(string engine)
    {
        using var run = new SdkRun(engine);
        var context = new EventContext { First = 40, Second = 2 };
        Assert.Equal(42ul, run.Value(ref context, "call kernel-function#0\nexit", "test_many_context_sum"));
        Assert.Equal(0ul, run.Value(ref context, "r2 = 9\ncall kernel-function#0\nr0 = 0\nexit", "test_many_context_set"));
        Assert.Equal(9u, context.Second);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void The_run_is_given_without_an_argument(string engine)
    {
        using var run = new SdkRun(engine);
        var context = default(EventContext);
        Assert.Equal(1ul, run.Value(ref context, "call kernel-function#0\nexit", "test_many_context_of"));
        Assert.Equal(7ul, run.Value("r1 = 3\ncall kernel-function#0\nexit", "test_many_implicit_reference"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Registers_after_the_last_argument_are_taken_as_they_are(string engine)
    {
        using var run = new SdkRun(engine);
        Assert.Equal(6ul, Call(run, "rest", 1, 2, 3));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void What_a_helper_throws_is_counted_and_the_program_goes_on(string engine)
    {
        using var run = new SdkRun(engine);
        using LoadedProgram program = run.Load("raw", "call kernel-function#0\nexit", "test_many_throw").GetOrThrow();
        RunResult result = program.RunEvent(MemoryRegion.None);
        Assert.True(result.Completed);
        Assert.Equal(1, program.Statistics.HelperFaults);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_function_of_the_program_is_called_back(string engine)
    {
        using var run = new SdkRun(engine);
        const string Text =
            """
            r1 = 40
            *(u64 *)(r10 -8) = r1
            r1 = subprog[+8]
            r2 = r10
            r2 += -8
            call kernel-function#0
            r1 = *(u64 *)(r10 -8)
            r0 <<= 8
            r0 += r1
            exit
            r3 = *(u64 *)(r2 +0)
            r3 += r1
            *(u64 *)(r2 +0) = r3
            r0 = 1
            exit
            """;
        Assert.Equal((2ul << 8) + 43, run.Value(Text, "test_many_twice"));
    }

    /// <summary>The verifier knows the prototypes: wrong arguments are refused before anything runs.</summary>
    [Theory]
    [InlineData("test_many_sum", "r1 = 1\n*(u64 *)(r10 -8) = r1\nr1 = r10\nr1 += -8\nr2 = 16")]
    [InlineData("test_many_sum", "r1 = 1\n*(u64 *)(r10 -8) = r1\nr1 = r10\nr1 += -8\nr2 = 0")]
    [InlineData("test_many_sum", "r1 = 0\nr2 = 8")]
    [InlineData("test_many_norm", "r1 = 1\n*(u32 *)(r10 -4) = r1\nr1 = r10\nr1 += -4")]
    [InlineData("test_many_norm", "r1 = 4096")]
    [InlineData("test_many_wide", "r1 = 1\nr2 = 2\nr3 = 3")]
    [InlineData("test_many_split", "r1 = 1\nr2 = r10\nr2 += -4")]
    [InlineData("test_many_increment", "r1 = 1\nr2 = r10")]
    [InlineData("test_many_context_sum", "r1 = 1")]
    public void Arguments_against_the_prototype_are_refused(string helper, string arguments)
    {
        using var run = new SdkRun("interpreter");
        string type = helper.Contains("context", StringComparison.Ordinal) ? "test.event" : "raw";
        Assert.NotEqual("", run.Refusal(type, arguments + "\ncall kernel-function#0\nr0 = 0\nexit", helper));
    }

    [Fact]
    public void A_null_map_value_is_not_read()
    {
        using var run = new SdkRun("interpreter");
        const string Text = "r1 = 5\n*(u32 *)(r10 -4) = r1\nr1 = map[id:0]\nr2 = r10\nr2 += -4\ncall kernel-function#0\nr0 = *(u64 *)(r0 +0)\nexit";
        Assert.NotEqual("", run.Refusal("raw", Text, "test_many_increment"));
    }

    [Fact]
    public void A_helper_serves_the_program_types_that_it_names()
    {
        using var run = new SdkRun("interpreter");
        Assert.NotEqual("", run.Refusal("raw", "call kernel-function#0\nr0 = 0\nexit", "test_many_context_sum"));
    }

    [Fact]
    public void The_range_of_a_result_is_known()
    {
        using var run = new SdkRun("interpreter");
        const string Text = "r1 = 1\n*(u64 *)(r10 -8) = r1\nr1 = 0\ncall kernel-function#0\nr0 <<= 2\nr1 = r10\nr1 += -8\nr1 += r0\nr0 = *(u8 *)(r1 +0)\nexit";
        Assert.Equal("", run.Refusal("raw", Text, "test_many_flag"));
        Assert.NotEqual("", run.Refusal("raw", Text, "test_many_narrow"));
    }

    private static ulong Call(SdkRun run, string helper, params ulong[] values)
        => run.Value(string.Concat(values.Select((value, i) => $"r{i + 1} = 0x{value:x}\n")) + "call kernel-function#0\nexit", "test_many_" + helper);
}
