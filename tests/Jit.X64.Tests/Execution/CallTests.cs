using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Programs;

namespace Skep.Jit.X64.Tests.Execution;

/// <summary>Functions, helpers, callbacks, fuel and packets, with results, traps and slots as the interpreter has them.</summary>
public sealed unsafe class CallTests
{
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
        new(Sum, (invocation, r1, r2, r3, r4, r5) => r1 + 10 * r2 + 100 * r3 + 1000 * r4 + 10000 * r5),
        new(Repeat, RepeatCall),
    ];

    public static TheoryData<string> Programs =>
    [
        // Arguments and results of a helper; R6 to R9 live across it.
        "r6 = 6\nr7 = 7\nr8 = 8\nr9 = 9\nr1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\ncall unknown#11\nr0 += r6\nr0 += r7\nr0 += r8\nr0 += r9\nexit",

        // Functions, each with a stack of its own.
        "r6 = 6\nr7 = 7\n*(u64 *)(r10 -8) = 5\nr1 = 3\nr2 = 4\ncall add\nr1 = *(u64 *)(r10 -8)\nr0 += r1\nr0 += r6\nr0 += r7\nexit\nadd:\nr6 = r1\nr6 += r2\n*(u64 *)(r10 -8) = r6\nr7 = 1\nr8 = *(u64 *)(r10 -16)\nr0 = *(u64 *)(r10 -8)\nr0 += r8\nexit",

        // A function that calls a helper, called twice.
        "r1 = 1\ncall twice\nr6 = r0\nr1 = r0\ncall twice\nr0 += r6\nexit\ntwice:\nr9 = r1\nr2 = 2\nr3 = 0\nr4 = 0\nr5 = 0\ncall unknown#11\nr0 += r9\nexit",

        // Recursion.
        "r1 = 5\ncall descend\nexit\ndescend:\nr6 = r1\nr0 = 1\nif r6 == 0 goto out\nr1 += -1\ncall descend\nr0 += 1\nout: exit",

        // A callback, which uses its caller's stack through a pointer, and the registers that it must give back.
        "*(u64 *)(r10 -8) = 0\nr6 = 60\nr7 = 70\nr1 = 4\nr2 = subprog[+8]\nr3 = r10\nr3 += -8\ncall unknown#10\nr0 = *(u64 *)(r10 -8)\nr0 += r6\nr0 += r7\nexit\nstep:\nr6 = r1\nr7 = r2\nr8 = *(u64 *)(r2 +0)\nr8 += r6\nr8 += 100\n*(u64 *)(r7 +0) = r8\nr0 = 0\nexit",

        // A callback that is also called directly.
        "*(u64 *)(r10 -8) = 1\nr1 = 4\nr2 = subprog[+10]\nr3 = r10\nr3 += -8\ncall unknown#10\nr1 = 9\nr2 = r10\nr2 += -8\ncall step\nr0 = *(u64 *)(r10 -8)\nexit\nstep:\nr6 = *(u64 *)(r2 +0)\nr6 *= 3\nr6 += r1\n*(u64 *)(r2 +0) = r6\nr0 = 0\nexit",

        // The address of a function is the same number everywhere.
        "r1 = 0\nr2 = subprog[+3]\nr0 = r2\nexit\nstep:\nr0 = 0\nexit",

        // may_goto jumps when its budget is spent, and each frame has one.
        "r0 = 0\nround:\nmay_goto out\nr0 += 1\nif r0 == 1000 goto out\ngoto round\nout: exit",
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Same_as_the_interpreter(string text)
    {
        TestProgram program = Parse(text);
        RunResult expected = program.Run(Mode.Unchecked);
        Assert.Equal(TrapKind.None, expected.Trap.Kind);
        foreach (JitOptions options in Frames.Options)
        {
            Assert.Equal(expected, Run(program, options));
        }
    }

    [Theory]
    [InlineData(10UL)]
    [InlineData(9UL)]
    [InlineData(0UL)]
    public void Fuel_is_paid_at_arrivals(ulong fuel)
    {
        TestProgram program = TestProgram.From("r0 = 0\nround: r0 += 1\nr0 += 0\nif r0 != 10 goto round\nexit") with
        {
            Proof = Proof.Full,
            FuelSlots = [1],
            Limits = new Skep.Runtime.Limits { MaxFuel = fuel },
        };
        Assert.Equal(program.Run(Mode.Fueled), Run(program, JitOptions.Default, fuel));
    }

    [Theory]
    [InlineData("r0 = 0\nr6 = 0\ncall spin\nr0 = 5\nexit\nspin:\nr0 = 0\nround: r0 += 1\nif r0 != 0 goto round\nexit", 6)]
    [InlineData("r1 = 3\nr2 = subprog[+5]\nr3 = 0\ncall unknown#10\nr0 = 5\nexit\nspin:\nr0 = 0\nround: r0 += 1\nif r0 != 0 goto round\nexit", 8)]
    public void A_trap_leaves_all_functions(string text, int fuelSlot)
    {
        TestProgram program = Parse(text) with { Proof = Proof.Full, FuelSlots = [fuelSlot], Limits = new Skep.Runtime.Limits { MaxFuel = 1000 } };
        RunResult actual = Run(program, JitOptions.Default, 1000);
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
    public void Packets(string load, ulong value)
    {
        byte[] bytes = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88];
        TestProgram program = TestProgram.From($"r6 = r1\n{load}\nr0 += 1000000\nexit");
        fixed (byte* packet = bytes)
        {
            var entry = new ProgramEntry(0, 0, default, new MemoryRegion((nint)packet, 8, MemoryAccess.Read));
            foreach (JitOptions options in Frames.Options)
            {
                Assert.Equal(value == 0 ? 0 : value + 1_000_000, Run(program, options, entry: entry).Value);
            }
        }
    }

    private static TestProgram Parse(string text) => TestProgram.From(text) with { Helpers = Helpers };

    private static RunResult Run(TestProgram program, JitOptions options, ulong fuel = 100_000_000, ProgramEntry entry = default)
    {
        using LoadedProgram loaded = program.Load(lowered => new NativeTestEngine(lowered, options, fuel));
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
