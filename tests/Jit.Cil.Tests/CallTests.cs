using System.Globalization;
using System.Text;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Jit.Cil.Tests;

/// <summary>Calls of functions and helpers, callbacks, fuel, and what throws.</summary>
public sealed unsafe class CallTests
{
    private static readonly TestHelper Sum = new(
        new HelperDescriptor("sum")
        {
            Number = new HelperNumber(1),
            Arguments = [.. Enumerable.Range(1, 5).Select(number => new HelperArgument(HelperArgumentKind.Anything, $"a{number}"))],
        },
        (_, r1, r2, r3, r4, r5) => r1 + (2 * r2) + (3 * r3) + (4 * r4) + (5 * r5));

    private static readonly TestHelper Two = new(
        new HelperDescriptor("two") { Number = new HelperNumber(2), Arguments = [new(HelperArgumentKind.Anything, "a"), new(HelperArgumentKind.Anything, "b")] },
        (_, r1, r2, r3, r4, r5) => r1 - r2 + r3 + r4 + r5);

    private static readonly TestHelper Nothing = new(new HelperDescriptor("nothing") { Number = new HelperNumber(3), Result = HelperResult.Void }, (_, _, _, _, _, _) => 77);

    private static readonly TestHelper Throws = new(new HelperDescriptor("throws") { Number = new HelperNumber(4) }, (_, _, _, _, _, _) => throw new InvalidOperationException("no"));

    private static readonly TestHelper Repeat = new(
        new HelperDescriptor("repeat")
        {
            Number = new HelperNumber(5),
            Arguments = [new(HelperArgumentKind.Anything, "times"), new(HelperArgumentKind.Function, "callback") { Callback = new CallbackDescriptor([CallbackArgumentKind.Number, CallbackArgumentKind.Context]) }, new(HelperArgumentKind.StackOrNull, "state")],
        },
        (invocation, times, callback, state, _, _) =>
        {
            for (ulong i = 0; i < times && !invocation->HasTrapped; i++)
            {
                Invocation.Call(invocation, callback, i, state);
            }

            return times;
        });

    private static readonly TestHelper[] Helpers = [Sum, Two, Nothing, Throws, Repeat];

    public static TheoryData<string> Programs => new(
        "r1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\ncall sum#1\nexit",
        "r1 = 1\nr2 = 2\ncall two#2\nr6 = r0\nr1 = r6\nr2 = 7\ncall two#2\nr0 += r6\nexit",
        "r0 = 5\ncall nothing#3\nexit",
        "call throws#4\nr0 += 1\nexit",
        "r6 = r1\ncall throws#4\nr0 = *(u64 *)(r6 +0)\nexit",
        // Functions keep R6 to R9, also where they are inlined, and arguments are theirs.
        "r6 = 6\nr7 = 7\nr1 = 10\nr2 = 20\ncall other\nr0 += r6\nr0 += r7\nr1 = 5\nr2 = 1\ncall other\nr0 += r6\nexit\nother:\nr6 = r1\nr6 *= 3\nr7 = r2\nr1 = 0\nr0 = r6\nr0 += r7\nexit",
        "r1 = *(u64 *)(r1 +0)\ncall pick\nexit\npick:\nif r1 == 0 goto pc+2\nr0 = 1\nexit\nr0 = 2\nexit",
        "r6 = r1\ncall a\nr7 = r0\nr1 = r6\ncall b\nr0 += r7\nexit\na:\nr6 = *(u64 *)(r1 +0)\ncall b\nr0 += r6\nexit\nb:\nr0 = *(u64 *)(r1 +8)\nr0 += 1\nexit",
        // Callbacks that write to the caller's frame.
        "*(u64 *)(r10 -8) = 0\nr1 = 10\nr2 = subprog[+6]\nr3 = r10\nr3 += -8\ncall repeat#5\nr0 = *(u64 *)(r10 -8)\nexit\nr3 = *(u64 *)(r2 +0)\nr3 += r1\n*(u64 *)(r2 +0) = r3\nr0 = 0\nexit");

    [Theory]
    [MemberData(nameof(Programs))]
    public void Calls_do_what_they_do_in_the_interpreter(string text)
        => CilRun.Compare(TestProgram.From(text) with { Helpers = [.. Helpers] }, 3, 4);

    /// <summary>A function that is called often and too long to be inlined is a method of its own.</summary>
    [Fact]
    public void Long_functions_are_called()
    {
        var text = new StringBuilder("r6 = r1\nr1 = 1\nr2 = 2\nr3 = 3\ncall long\nr7 = r0\nr1 = r7\nr2 = r6\nr3 = 9\ncall long\nr0 += r7\nr2 = *(u64 *)(r6 +0)\nr0 += r2\nexit\nlong:\nr0 = r1\nr2 = 0\n");
        for (int i = 0; i < 100; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"r0 *= {i + 3}\nr0 += r3\n");
        }

        CilRun.Compare(TestProgram.From(text.Append("exit").ToString()), 3, 4);
    }

    [Fact]
    public void A_helper_that_throws_is_counted_and_the_program_goes_on()
    {
        using LoadedProgram program = (TestProgram.From("call throws#4\nr0 += 1\nexit") with { Helpers = [Throws] }).LoadCil();
        Assert.Equal(new RunResult(unchecked((ulong)-13), Trap.None), program.Run(default));
        Assert.Equal(1, program.Statistics.HelperFaults);
    }

    [Theory]
    [InlineData(10UL)]
    [InlineData(9UL)]
    [InlineData(0UL)]
    public void Fuel_is_paid_at_its_slots(ulong fuel)
    {
        TestProgram program = TestProgram.From("r0 = 0\nround: r0 += 1\nr0 += 0\nif r0 != 10 goto round\nexit") with { FuelSlots = [1], Limits = new Limits { MaxFuel = fuel } };
        RunResult result = CilRun.Compare(program);
        Assert.Equal(fuel < 10 ? new Trap(TrapKind.FuelExhausted, new SlotIndex(1), 0) : Trap.None, result.Trap);
    }

    [Theory]
    [InlineData(1000UL)]
    [InlineData(50UL)]
    [InlineData(49UL)]
    [InlineData(39UL)]
    [InlineData(19UL)]
    public void Fuel_is_one_store_for_functions_and_callbacks(ulong fuel)
    {
        TestProgram program = TestProgram.From("r1 = 2\nr2 = subprog[+4]\nr3 = 0\ncall repeat#5\nexit\nr6 = 5\nround: r6 -= 1\nif r6 != 0 goto round\nr0 = 21\nexit") with
        {
            FuelSlots = [7],
            Helpers = [Repeat],
            References = [],
            Limits = new Limits { MaxFuel = fuel },
        };
        CilRun.Compare(program);
    }

    [Theory]
    [InlineData(100UL)]
    [InlineData(12UL)]
    [InlineData(8UL)]
    [InlineData(3UL)]
    public void Fuel_is_spent_in_functions_that_are_called(ulong fuel)
    {
        var text = new StringBuilder("r6 = 3\nouter: call long\ncall long\nr6 -= 1\nif r6 != 0 goto outer\nexit\nlong:\nr0 = 2\nround: r0 -= 1\n");
        for (int i = 0; i < 100; i++)
        {
            text.Append("r0 ^= 0\n");
        }

        text.Append("if r0 != 0 goto round\nexit");
        CilRun.Compare(TestProgram.From(text.ToString()) with { FuelSlots = [1, 7], Limits = new Limits { MaxFuel = fuel } });
    }

    [Theory]
    [InlineData(1000UL)]
    [InlineData(5UL)]
    public void May_goto_pays_and_falls_through(ulong fuel)
        => CilRun.Compare(TestProgram.From("r0 = 0\nround: r0 += 1\nif r0 == 10 goto out\nmay_goto pc+1\ngoto round\nout: exit") with
        {
            FuelSlots = [3],
            Limits = new Limits { MaxFuel = fuel },
        });

    [Fact]
    public void May_goto_jumps_when_the_budget_is_spent()
    {
        using LoadedProgram program = (TestProgram.From("r0 = 0\nround: r0 += 1\nmay_goto pc+1\ngoto round\nexit") with { Limits = new Limits { MaxFuel = 1UL << 40 } }).LoadCil();
        Assert.Equal(new RunResult(InvocationLayout.MayGotoBudget + 1, Trap.None), program.Run(default));
    }

    [Fact]
    public void Functions_that_call_themselves_are_refused()
    {
        TestProgram program = TestProgram.From("call again\nexit\nagain:\ncall again\nexit");
        Assert.Throws<NotSupportedException>(() => program.LoadCil());
    }
}
