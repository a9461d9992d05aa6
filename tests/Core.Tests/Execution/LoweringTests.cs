using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Execution.Lowering;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

public sealed class LoweringTests
{
    [Fact]
    public void Dead_code_goes_and_what_jumps_over_it_follows()
    {
        TestProgram program = TestProgram.From("""
            r0 = 0
            goto on
            r0 = 0x123456789abcdef
            on:
            call work
            if r0 != 3 goto back
            exit
            r0 = 1
            back:
            goto end
            r0 = 2
            end:
            exit
            work:
            r2 = subprog[+1]
            goto out
            r0 = 9
            out:
            r0 = 3
            exit
            """) with { Dead = [2, 3, 7, 9, 14] };
        LoweredProgram lowered = program.Lower();
        Assert.Empty(LoweringCheck.Find(lowered));
        Assert.Equal([0, 1, 4, 5, 6, 8, 10, 11, 12, 13, 15, 16], lowered.OriginalSlots);
        Assert.Equal([0, 7, 9], lowered.FunctionStarts.Select(start => start.Value));
        Assert.Equal(new SlotIndex(15), lowered.Original(10));
        Assert.Equal(new RunResult(3, Trap.None), program.Run());
    }

    [Fact]
    public void References_become_what_they_stand_for()
    {
        using LoadedMap map = TestMaps.Array(16, 2);
        TestProgram program = TestProgram.From("""
            r1 = map[id:0]
            r2 = map[id:0][0]+4
            r3 = btf[id:0][obj:0]
            r3 = btf[id:0][obj:0]
            r4 = 0x7700000099
            call kernel-function#5
            call first#3
            call first#3
            exit
            """) with
        {
            Maps = [map],
            Helpers = [Helper("first", 3), Helper("second", null), Helper("third", 4)],
            References =
            [
                new ExternReference(new SlotIndex(4), "missing", ExternKind.KernelVariable, IsWeak: true),
                new ExternReference(new SlotIndex(6), "second", ExternKind.NamedFunction, IsWeak: true),
                new ExternReference(new SlotIndex(10), "second", ExternKind.NamedFunction, IsWeak: false),
            ],
        };
        LoweredProgram lowered = program.Lower();
        Assert.Empty(LoweringCheck.Find(lowered));
        Assert.All(lowered.Instructions.Where(instruction => instruction.Row.Shape == InstructionShape.LoadWide), wide => Assert.Equal(Operation.LoadImmediate64, wide.Operation));
        Assert.Equal((long)map.Handle, lowered.Instructions[0].Immediate);
        Assert.Equal((long)map.Memory().Address + 4, lowered.Instructions[2].Immediate);
        Assert.Equal(0, lowered.Instructions[4].Immediate);
        Assert.NotEqual(0, lowered.Instructions[6].Immediate);
        Assert.Equal(["second", "first"], lowered.Helpers.Select(helper => helper.Descriptor.Name));
        Assert.Equal([0, 1, 1], lowered.Instructions.Where(instruction => instruction.Operation == Operation.CallHelper).Select(call => call.LowImmediate));
        Assert.Equal([map], lowered.Maps);
        Assert.Empty(lowered.HelperIndexByNumber);
        Assert.Equal(lowered.Instructions.Length, InstructionEncoder.Encode(lowered.Instructions.AsSpan()).Length);
    }

    [Fact]
    public void A_function_reference_goes_before_the_immediate()
    {
        TestProgram program = TestProgram.From("r0 = subprog[-1]\nexit\nr0 = 0\nexit") with { References = [new FunctionReference(new SlotIndex(0), new SlotIndex(3))] };
        Assert.Equal(2, program.Lower().Instructions[0].LowImmediate);
    }

    [Fact]
    public void What_the_verifier_excludes_is_not_lowered()
    {
        Assert.Throws<InvalidOperationException>(() => TestProgram.From("call nobody#9\nexit").Lower());
        Assert.Throws<InvalidOperationException>(() => TestProgram.From("goto pc+7\nexit").Lower());
        Assert.Throws<InvalidOperationException>(() => (TestProgram.From("goto pc+1\nr0 = 0\nr0 = 1\nexit") with { Dead = [2] }).Lower());
        Assert.Throws<InvalidOperationException>(() => TestProgram.From("r1 = map[idx:0]\nexit").Lower());
    }

    public static TheoryData<string> Breaks => ["slots", "fall", "branch", "call", "function", "operand", "wide", "helper", "starts", "maps", "numbers"];

    [Theory]
    [MemberData(nameof(Breaks))]
    public void The_checker_sees_a_broken_lowering(string what)
    {
        using LoadedMap map = TestMaps.Array(16, 2);
        TestProgram program = TestProgram.From("""
            r1 = map[id:0]
            call first#3
            if r0 != 0 goto out
            r0 = 0
            r0 = 5
            r6 = subprog[+4]
            call work
            out:
            exit
            r0 = 1
            work:
            r0 += 0
            exit
            """) with { Maps = [map], Helpers = [Helper("first", 3), Helper("third", 4)], Dead = [10] };
        LoweredProgram right = program.Lower();
        Assert.Empty(LoweringCheck.Find(right));
        int Find(Operation operation) => right.Instructions.ToList().FindIndex(instruction => instruction.Operation == operation);
        Instruction At(Operation operation) => right.Instructions[Find(operation)];
        ImmutableArray<Instruction> With(Operation operation, Instruction other) => right.Instructions.SetItem(Find(operation), other);
        LoweredProgram broken = what switch
        {
            "slots" => Copy(right, right.Instructions, right.OriginalSlots.SetItem(3, 4)),
            "fall" => Copy(right, right.Instructions.RemoveAt(4), right.OriginalSlots.RemoveAt(4)),
            "branch" => Copy(right, With(Operation.JumpNotEqual64Immediate, At(Operation.JumpNotEqual64Immediate) with { Offset = 4 })),
            "call" => Copy(right, With(Operation.CallLocal, At(Operation.CallLocal) with { Offset = 2 })),
            "function" => Copy(right, With(Operation.LoadFunction, At(Operation.LoadFunction) with { Immediate = 4 })),
            "operand" => Copy(right, With(Operation.Move64Immediate, At(Operation.Move64Immediate) with { Destination = 3 })),
            "wide" => Copy(right, With(Operation.LoadImmediate64, At(Operation.LoadImmediate64) with { Immediate = 8 })),
            "helper" => Copy(right, With(Operation.CallHelper, At(Operation.CallHelper) with { Immediate = 1 })),
            "starts" => Copy(right, right.Instructions, starts: [new SlotIndex(0)]),
            "maps" => Copy(right, right.Instructions, maps: []),
            _ => Copy(right, right.Instructions, numbers: new Dictionary<int, int> { [3] = 0 }),
        };
        Assert.NotEmpty(LoweringCheck.Find(broken));
    }

    [Fact]
    public void The_checker_sees_control_fall_into_another_slot()
    {
        TestProgram program = TestProgram.From("r0 = 0\nr0 = 1\nexit");
        VerifiedProgram wrong = (program with { Dead = [1] }).Verified(new RegistryBuilder(CompositionPolicy.Default).Build());
        var lowered = new LoweredProgram(wrong)
        {
            Instructions = [program.Instructions[0], program.Instructions[2]],
            OriginalSlots = [0, 2],
            Functions = [new LoweredFunction(new SlotIndex(0), 2, 0, ClearsStack: false)],
            FuelSlots = [],
            Helpers = [],
            Maps = [],
        };
        Assert.Single(LoweringCheck.Find(lowered));
    }

    [Fact]
    public void Calls_by_register_make_all_allowed_helpers_callable()
    {
        LoweredProgram lowered = (TestProgram.From("r1 = 3\ncallx r1\nexit") with { Helpers = [Helper("first", 3), Helper("second", null), Helper("third", 4)] }).Lower();
        Assert.Equal([3, 4], lowered.HelperIndexByNumber.Keys.Order());
        Assert.Equal(2, lowered.Helpers.Length);
        Assert.Empty(LoweringCheck.Find(lowered));
    }

    private static unsafe TestHelper Helper(string name, int? number)
        => new(new HelperDescriptor(name) { Number = number is { } known ? new HelperNumber(known) : null }, (_, _, _, _, _, _) => 0);

    private static LoweredProgram Copy(
        LoweredProgram right,
        ImmutableArray<Instruction> instructions,
        ImmutableArray<int>? slots = null,
        ImmutableArray<SlotIndex>? starts = null,
        ImmutableArray<LoadedMap>? maps = null,
        Dictionary<int, int>? numbers = null) => new(right.Verified)
        {
            Instructions = instructions,
            OriginalSlots = slots ?? right.OriginalSlots,
            Functions = starts is { } own ? [.. own.Select(start => new LoweredFunction(start, 1, 0, ClearsStack: false))] : right.Functions,
            FuelSlots = right.FuelSlots,
            Helpers = right.Helpers,
            Maps = maps ?? right.Maps,
            HelperIndexByNumber = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(numbers ?? []),
        };
}
