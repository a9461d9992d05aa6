using Skep.Contracts;
using Skep.Execution.Interpreter;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

/// <summary>Loops that only fuel ends, in code that is otherwise proved: fuel is counted where the verifier said so and nowhere else.</summary>
public sealed unsafe class FuelSlotTests
{
    // Round is slot 2; the dead slots before it are gone in what runs, so that slots of the spec and of the code differ.
    private const string Endless = """
        r0 = 0
        goto round
        r0 = 7
        r0 = 7
        round:
        r0 += 1
        r0 += 0
        goto round
        exit
        """;

    private static TestProgram Program => TestProgram.From(Endless) with { Proof = Proof.Full, FuelSlots = [4], Dead = [2, 3, 7] };

    [Fact]
    public void It_ends_at_the_slot_when_none_is_left()
    {
        TestProgram program = Program with { Limits = new Limits { MaxFuel = 10 } };
        using LoadedProgram loaded = program.Load(lowered => InterpreterEngine.Create(lowered, program.Limits));
        Assert.Equal(new RunResult(0, new Trap(TrapKind.FuelExhausted, new SlotIndex(4), 0)), loaded.Run(default));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(9, false)]
    public void An_arrival_takes_one(ulong fuel, bool isEnough)
    {
        TestProgram program = TestProgram.From("r0 = 0\nround: r0 += 1\nr0 += 0\nif r0 != 10 goto round\nexit") with
        {
            Proof = Proof.Full,
            FuelSlots = [1],
            Limits = new Limits { MaxFuel = fuel },
        };
        Assert.Equal(isEnough ? new RunResult(10, Trap.None) : new RunResult(0, new Trap(TrapKind.FuelExhausted, new SlotIndex(1), 0)), program.Run(Mode.Fueled));
    }

    [Fact]
    public void A_jump_may_be_the_slot()
    {
        TestProgram program = TestProgram.From("r0 = 0\nround: r0 += 1\nif r0 != 10 goto round\nexit") with
        {
            Proof = Proof.Full,
            FuelSlots = [2],
            Limits = new Limits { MaxFuel = 10 },
        };
        Assert.Equal(new RunResult(10, Trap.None), program.Run(Mode.Fueled));
        Assert.Equal(new Trap(TrapKind.FuelExhausted, new SlotIndex(2), 0), (program with { Limits = new Limits { MaxFuel = 9 } }).Run(Mode.Fueled).Trap);
    }

    [Fact]
    public void Fuel_is_one_store_for_callbacks_too()
    {
        var helper = new TestHelper(
            new HelperDescriptor("call") { Number = new HelperNumber(1), Arguments = [new(HelperArgumentKind.Function, "callback")] },
            (invocation, callback, _, _, _, _) => Invocation.Call(invocation, callback) + Invocation.Call(invocation, callback));
        TestProgram program = TestProgram.From("r1 = subprog[+3]\ncall call#1\nexit\nr6 = 5\nround: r6 -= 1\nif r6 != 0 goto round\nr0 = 21\nexit") with
        {
            Proof = Proof.Full,
            FuelSlots = [5],
            Helpers = [helper],
            References = [new FunctionReference(new SlotIndex(0), new SlotIndex(4))],
        };

        // Five rounds in each of two calls back, which take 20 themselves.
        Assert.Equal(new RunResult(42, Trap.None), (program with { Limits = new Limits { MaxFuel = 50 } }).Run(Mode.Fueled));
        Assert.Equal(new Trap(TrapKind.FuelExhausted, new SlotIndex(5), 0), (program with { Limits = new Limits { MaxFuel = 49 } }).Run(Mode.Fueled).Trap);
    }

    [Theory]
    [InlineData(Proof.Structure, false, typeof(Interpreter<Checked>))]
    [InlineData(Proof.Structure, true, typeof(Interpreter<Checked>))]
    [InlineData(Proof.Full, false, typeof(Interpreter<Unchecked>))]
    [InlineData(Proof.Full, true, typeof(Interpreter<Fueled>))]
    public void What_is_proved_decides_what_runs(Proof proof, bool hasFuelSlots, Type expected)
    {
        TestProgram program = TestProgram.From("r0 = 1\nexit") with { Proof = proof, FuelSlots = hasFuelSlots ? [0] : [] };
        using Skep.Execution.ProgramEngine engine = InterpreterEngine.Create(program.Lower(), Limits.Default);
        Assert.IsType(expected, engine);
    }

    [Fact]
    public void References_are_tracked_where_nothing_else_is_checked()
    {
        int open = 0;
        TestProgram program = TestProgram.From("call take#1\nr1 = r0\ncall give#2\nr0 = 5\nexit") with
        {
            Proof = Proof.Full,
            FuelSlots = [0],
            Helpers =
            [
                new(
                    new HelperDescriptor("take") { Number = new HelperNumber(1), Result = new HelperResult(HelperResultKind.ObjectOrNull) { ObjectType = "thing", ReleasedBy = "give" } },
                    (_, _, _, _, _, _) => (ulong)++open),
                new(
                    new HelperDescriptor("give")
                    {
                        Number = new HelperNumber(2), Arguments = [new(HelperArgumentKind.Object, "thing", HelperArgumentFlags.Releases) { ObjectType = "thing" }], Result = HelperResult.Void,
                    },
                    (_, _, _, _, _, _) => (ulong)--open),
            ],
        };
        foreach (Mode mode in Enum.GetValues<Mode>())
        {
            Assert.Equal(new RunResult(5, Trap.None), program.Run(mode));
            Assert.Equal(0, open);
            TestProgram leaking = program with { Instructions = [program.Instructions[0], program.Instructions[^1]] };
            Assert.Equal(TrapKind.ReferenceLeak, leaking.Run(mode).Trap.Kind);
            Assert.Equal(0, open);
        }
    }
}
