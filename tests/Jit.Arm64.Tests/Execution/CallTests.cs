using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Programs;

namespace Skep.Jit.Arm64.Tests.Execution;

/// <summary>Functions, helpers, callbacks, fuel and packets, with results, traps and slots as the interpreter has them.</summary>
public sealed unsafe class CallTests
{
    private const ulong Fuel = 100_000_000;

    private static readonly HelperDescriptor Sum = new("sum")
    {
        Number = new HelperNumber(11),
        Arguments = [.. Enumerable.Range(0, 5).Select(i => new HelperArgument(HelperArgumentKind.Anything, $"a{i}"))],
    };

    private static readonly HelperDescriptor Repeat = new("repeat")
    {
        Number = new HelperNumber(10),
        Arguments =
        [
            new(HelperArgumentKind.Anything, "times"),
            new(HelperArgumentKind.Function, "callback") { Callback = new CallbackDescriptor([]) },
            new(HelperArgumentKind.Anything, "state"),
        ],
    };

    private static readonly ImmutableArray<TestHelper> Helpers =
    [
        new(Sum, (_, r1, r2, r3, r4, r5) => r1 + 10 * r2 + 100 * r3 + 1000 * r4 + 10000 * r5),
        new(Repeat, RepeatCall),
    ];

    public static TheoryData<string> Programs =>
    [
        // Arguments of a helper, kept back until the call; registers that live across it.
        "r6 = 6\nr7 = 7\nr8 = 8\nr9 = 9\nr1 = 1\nr2 = r7\nr3 = r1\nr3 <<= 2\nr4 = r8\nr4 += r9\nr5 = 5\ncall unknown#11\nr0 += r6\nr0 += r7\nr0 += r8\nr0 += r9\nexit",

        // Functions with stacks of their own, one that calls nothing and one that does.
        "r6 = 6\nr7 = 7\n*(u64 *)(r10 -8) = 5\nr1 = 3\nr2 = 4\ncall add\nr1 = *(u64 *)(r10 -8)\nr0 += r1\nr0 += r6\nr0 += r7\nexit\n"
            + "add:\nr6 = r1\nr6 += r2\n*(u64 *)(r10 -8) = r6\nr7 = 1\nr8 = *(u64 *)(r10 -16)\nr0 = *(u64 *)(r10 -8)\nr0 += r8\nexit",
        "r1 = 1\ncall twice\nr6 = r0\nr1 = r0\ncall twice\nr0 += r6\nexit\ntwice:\nr9 = r1\nr2 = 2\nr3 = 0\nr4 = 0\nr5 = 0\ncall unknown#11\nr0 += r9\nexit",

        // Recursion.
        "r1 = 5\ncall descend\nexit\ndescend:\nr6 = r1\nr0 = 1\nif r6 == 0 goto out\nr1 += -1\ncall descend\nr0 += 1\nout: exit",

        // A callback with a pointer into its caller's stack; it must give R6 to R8 back.
        "*(u64 *)(r10 -8) = 0\nr6 = 60\nr7 = 70\nr1 = 4\nr2 = subprog[+8]\nr3 = r10\nr3 += -8\ncall unknown#10\nr0 = *(u64 *)(r10 -8)\nr0 += r6\nr0 += r7\nexit\n"
            + "r6 = r1\nr7 = r2\nr8 = *(u64 *)(r2 +0)\nr8 += r6\nr8 += 100\n*(u64 *)(r7 +0) = r8\nr0 = 0\nexit",

        // A callback that is also called directly.
        "*(u64 *)(r10 -8) = 1\nr1 = 4\nr2 = subprog[+10]\nr3 = r10\nr3 += -8\ncall unknown#10\nr1 = 9\nr2 = r10\nr2 += -8\ncall step\nr0 = *(u64 *)(r10 -8)\nexit\n"
            + "step:\nr6 = *(u64 *)(r2 +0)\nr6 *= 3\nr6 += r1\n*(u64 *)(r2 +0) = r6\nr0 = 0\nexit",

        // The address of a function is the same number everywhere.
        "r1 = 0\nr2 = subprog[+3]\nr0 = r2\nexit\nr0 = 0\nexit",

        // may_goto jumps when its budget is spent; each frame has one.
        "r0 = 0\nround:\nmay_goto out\nr0 += 1\nif r0 == 1000 goto out\ngoto round\nout: exit",
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Same_as_the_interpreter(string text)
    {
        Processor.Require();
        TestProgram program = Parse(text);
        RunResult expected = program.Run(Mode.Unchecked);
        Assert.Equal(TrapKind.None, expected.Trap.Kind);
        foreach (JitOptions options in Differ.Options)
        {
            for (int i = 0; i < 2; i++)
            {
                Assert.Equal(expected, Run(program, options));
            }
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(248)]
    [InlineData(256)]
    [InlineData(264)]
    [InlineData(272)]
    [InlineData(512)]
    [InlineData(20_000)]
    public void Stacks_are_cleared(int bytes)
    {
        Processor.Require();
        foreach (JitOptions options in Differ.Options)
        {
            Assert.Equal(new RunResult(0, Trap.None), Run(Parse(ClearedStack(bytes)) with { StackBytes = bytes }, options));
        }
    }

    [Fact]
    public void May_goto_ends_by_itself()
    {
        Processor.Require();
        TestProgram program = Parse("r0 = 0\nmay_goto pc+2\nr0 += 1\ngoto pc-3\nexit");
        Assert.Equal(new RunResult(InvocationLayout.MayGotoBudget, Trap.None), Run(program, Differ.Options[0]));
    }

    [Theory]
    [InlineData(10UL)]
    [InlineData(9UL)]
    [InlineData(0UL)]
    public void Fuel_is_paid_at_arrivals(ulong fuel)
    {
        Processor.Require();
        TestProgram program = Fueled("r0 = 0\nr0 += 1\nr0 += 0\nif r0 != 10 goto pc-3\nexit", 1, fuel);
        Assert.Equal(program.Run(Mode.Fueled), Run(program, JitOptions.Default, fuel));
    }

    [Theory]
    [InlineData("r0 = 0\nr6 = 0\ncall pc+2\nr0 = 5\nexit\nr0 = 0\nr0 += 1\nif r0 != 0 goto pc-2\nexit", 6)]
    [InlineData("r1 = 3\nr2 = subprog[+5]\nr3 = 0\ncall unknown#10\nr0 = 5\nexit\nr0 = 0\nr0 += 1\nif r0 != 0 goto pc-2\nexit", 8)]
    public void A_trap_leaves_all_functions(string text, int fuelSlot)
    {
        Processor.Require();
        RunResult actual = Run(Fueled(text, fuelSlot, 1000), JitOptions.Default, 1000);
        Assert.Equal(new RunResult(0, new Trap(TrapKind.FuelExhausted, new SlotIndex(fuelSlot), 0)), actual);
    }

    [Theory]
    [InlineData("r0 = *(u8 *)skb[2]", 0x33)]
    [InlineData("r0 = *(u16 *)skb[2]", 0x3344)]
    [InlineData("r0 = *(u32 *)skb[4]", 0x55667788)]
    [InlineData("r0 = *(u32 *)skb[5]", 0)]
    [InlineData("r0 = *(u32 *)skb[-4]", 0)]
    [InlineData("r7 = 1\nr0 = *(u16 *)skb[r7 + 1]", 0x3344)]
    [InlineData("r7 = -1\nr0 = *(u16 *)skb[r7 + 1]", 0x1122)]
    [InlineData("r7 = -3\nr0 = *(u16 *)skb[r7 + 1]", 0)]
    [InlineData("r7 = 3\nr7 >>= 1\nr0 = *(u16 *)skb[r7 + 1]", 0x3344)]
    public void Packets(string load, ulong value)
    {
        Processor.Require();
        byte[] bytes = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88];
        TestProgram program = Parse($"r6 = r1\n{load}\nr0 += 1000000\nexit");
        fixed (byte* packet = bytes)
        {
            foreach (JitOptions options in Differ.Options)
            {
                var readable = new ProgramEntry(0, 0, default, new MemoryRegion((nint)packet, 8, MemoryAccess.Read));
                Assert.Equal(value == 0 ? 0 : value + 1_000_000, Run(program, options, entry: readable).Value);
                var closed = new ProgramEntry(0, 0, default, new MemoryRegion((nint)packet, 8, MemoryAccess.Write));
                Assert.Equal(0UL, Run(program, options, entry: closed).Value);
            }
        }
    }

    private static string ClearedStack(int bytes)
    {
        // The first function leaves marks where the second has its stack; both have frames alike.
        IEnumerable<int> words = Enumerable.Range(1, Math.Min(bytes / 8, 1000));
        IEnumerable<string> marks = words.Select(word => $"*(u64 *)(r10 -{8 * word}) = {word}");
        IEnumerable<string> sums = words.SelectMany(word => (string[])[$"r1 = *(u64 *)(r10 -{8 * word})", "r0 += r1"]);
        return $"call mark\ncall sum\nexit\nmark:\n{string.Join('\n', marks)}\nr0 = 0\nexit\nsum:\nr0 = 0\n{string.Join('\n', sums)}\nexit";
    }

    private static TestProgram Parse(string text) => TestProgram.From(text) with { Helpers = Helpers, Proof = Proof.Full, StackBytes = 64 };

    private static TestProgram Fueled(string text, int slot, ulong fuel)
        => Parse(text) with { FuelSlots = [slot], Limits = new Skep.Runtime.Limits { MaxFuel = fuel } };

    private static RunResult Run(TestProgram program, JitOptions options, ulong fuel = Fuel, ProgramEntry entry = default)
    {
        using LoadedProgram loaded = program.Load(lowered => Differ.Compile(lowered, options, new Skep.Runtime.Limits { MaxFuel = fuel }));
        return loaded.Run(entry);
    }

    private static ulong RepeatCall(Invocation* invocation, ulong times, ulong callback, ulong state, ulong r4, ulong r5)
    {
        for (ulong i = 0; i < times && !invocation->HasTrapped; i++)
        {
            Invocation.Call(invocation, callback, i, state);
        }

        return 0;
    }
}
