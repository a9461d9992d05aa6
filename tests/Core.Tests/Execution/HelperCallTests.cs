using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

/// <summary>What the checked interpreter demands of a helper's arguments, and what becomes of results and exceptions.</summary>
public sealed unsafe class HelperCallTests
{
    private const MapOperations Lookup = MapOperations.Lookup;

    // R6 is the context (32 readable and writable bytes), R7 the frame's lowest byte; 1 and 2 are maps with 4-byte keys and 16-byte values.
    public static TheoryData<string, string, int> Cases => new()
    {
        // kind, what R1 to R5 hold, the wrong argument (0 for none)
        { "anything", "r1 = -1", 0 },
        { "map", "r1 = map[id:0]", 0 },
        { "map", "r1 = 0", 1 },
        { "map", "r1 = map[id:0]\nr1 += 8", 1 },
        { "map", "r1 = r6", 1 },
        { "map", "r1 = map[id:1]", 1 }, // offers no look-up
        { "map key value", "r1 = map[id:0]\nr2 = r6\nr3 = r6", 0 },
        { "map key value", "r1 = map[id:0]\nr2 = r6\nr2 += 28\nr3 = r6\nr3 += 16", 0 },
        { "map key value", "r1 = map[id:0]\nr2 = r6\nr2 += 29\nr3 = r6", 2 },
        { "map key value", "r1 = map[id:0]\nr2 = r6\nr3 = r6\nr3 += 17", 3 },
        { "map key value", "r1 = map[id:0]\nr2 = 0\nr3 = r6", 2 },
        { "map filled-value", "r1 = map[id:0]\nr2 = r7", 0 },
        { "map filled-value", "r1 = map[id:0]\nr2 = map[id:2][0]+0", 2 }, // frozen
        { "map value?", "r1 = map[id:0]\nr2 = 0", 0 },
        { "read size", "r1 = r6\nr2 = 32", 0 },
        { "read size", "r1 = r6\nr2 = 33", 1 },
        { "read size", "r1 = r6\nr2 = -1", 1 },
        { "read size", "r1 = r6\nr2 = 0", 2 },
        { "read size", "r1 = 0\nr2 = 8", 1 },
        { "read size0", "r1 = r6\nr2 = 0", 0 },
        { "read? size0", "r1 = 0\nr2 = 0", 0 },
        { "read? size0", "r1 = 0\nr2 = 1", 1 },
        { "read size", "r1 = map[id:2][0]+0\nr2 = 16", 0 },
        { "write size", "r1 = map[id:2][0]+0\nr2 = 16", 1 },
        { "write size", "r1 = r7\nr2 = 512", 0 },
        { "write size", "r1 = r7\nr2 = 513", 1 },
        { "read8", "r1 = r6\nr1 += 24", 0 },
        { "read8", "r1 = r6\nr1 += 25", 1 },
        { "read8?", "r1 = 0", 0 },
        { "write8", "r1 = r7\nr1 += 505", 1 },
        { "read", "r1 = r6", 1 }, // no size anywhere
        { "context", "r1 = r6", 0 },
        { "context", "r1 = r6\nr1 += 8", 1 },
        { "string", "r1 = map[id:2][0]+0", 0 },
        { "string", "*(u64 *)(r6 +24) = -1\nr1 = r6\nr1 += 24", 1 },
        { "string", "*(u64 *)(r6 +24) = 65\nr1 = r6\nr1 += 24", 0 },
        { "string", "r1 = 0", 1 },
        { "function", "r1 = subprog[+6]\ngoto pc+0", 0 },
        { "function", "r1 = 1", 1 },
        { "function", "r1 = subprog[+6]\nr1 += 1", 1 },
        { "stack", "r1 = r7", 0 },
        { "stack", "r1 = 0", 0 },
        { "stack", "r1 = r6", 1 },
        { "stack", "r1 = r7\nr1 += -1", 1 },
        { "held", "r1 = r6", 1 },
        { "lock", "r1 = map[id:0]", 1 },
        { "timer", "r1 = r7", 1 },
        { "dynptr", "r1 = r7", 1 },
        { "anything anything anything anything context", "r5 = r6", 0 },
        { "anything anything anything anything context", "r5 = r7", 5 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Arguments_are_checked_by_kind(string kinds, string registers, int wrong)
    {
        using LoadedMap map = TestMaps.Array(16, 4, isDirect: false, operations: Lookup);
        using LoadedMap other = TestMaps.Array(16, 4, isDirect: false, operations: MapOperations.RingBuffer);
        using LoadedMap frozen = TestMaps.Array(16, 1, isFrozen: true, operations: Lookup);
        using var context = new GuardedMemory(32);
        int calls = 0;
        var helper = new TestHelper(
            new HelperDescriptor("probe") { Number = new HelperNumber(1), Arguments = [.. kinds.Split(' ').Select(Argument)] },
            (_, _, _, _, _, _) =>
            {
                calls++;
                return 4;
            });
        TestProgram program = TestProgram.From($"r6 = r1\nr7 = r10\nr7 += -512\nr1 = 0\n{registers}\ncall probe#1\nr0 += r1\nr0 += r5\nexit\nr0 = 0\nexit") with { Helpers = [helper], Maps = [map, other, frozen] };
        RunResult result = program.Run(Mode.Checked, context.Entry());
        int slot = program.Instructions.ToList().FindIndex(instruction => instruction.Operation == Skep.Isa.Operation.CallHelper);
        Assert.Equal(wrong == 0 ? Trap.None : new Trap(TrapKind.HelperArgument, new SlotIndex(slot), (ulong)wrong), result.Trap);
        Assert.Equal(wrong == 0 ? 1 : 0, calls);
        Assert.Equal(wrong == 0 ? 4u : 0u, result.Value); // R1 to R5 are 0 after the call
    }

    [Theory]
    [InlineData(HelperResultKind.Integer, ulong.MaxValue - 13)]
    [InlineData(HelperResultKind.Void, 0ul)]
    [InlineData(HelperResultKind.MapValueOrNull, 0ul)]
    [InlineData(HelperResultKind.MemoryOrNull, 0ul)]
    public void A_helper_that_throws_is_counted_and_gives_its_error_value(HelperResultKind kind, ulong expected)
    {
        TestProgram program = TestProgram.From("call bad#1\nr0 += 0\nexit") with
        {
            Helpers = [new(new HelperDescriptor("bad") { Number = new HelperNumber(1), Result = new HelperResult(kind) }, (_, _, _, _, _, _) => throw new InvalidOperationException("no luck"))],
        };
        foreach (Mode mode in Enum.GetValues<Mode>())
        {
            using LoadedProgram loaded = program.Load(mode);
            Assert.Equal(new RunResult(expected, Trap.None), loaded.Run(default));
            Assert.Equal(1, loaded.Statistics.HelperFaults);
            Assert.Equal(0, loaded.Statistics.Traps);
            Assert.Contains("no luck", loaded.Statistics.LastHelperFault);
        }
    }

    [Fact]
    public void A_void_helper_leaves_0()
    {
        TestProgram program = TestProgram.From("r0 = 5\ncall nothing#1\nexit") with
        {
            Helpers = [new(new HelperDescriptor("nothing") { Number = new HelperNumber(1), Result = HelperResult.Void }, (_, _, _, _, _, _) => 99)],
        };
        Assert.Equal(new RunResult(0, Trap.None), program.Run(Mode.Checked));
        Assert.Equal(new RunResult(0, Trap.None), program.Run(Mode.Unchecked));
    }

    [Fact]
    public void A_walk_over_a_map_gives_its_callback_key_and_value_for_the_time_of_the_call()
    {
        using LoadedMap map = TestMaps.Array(16, 4, isDirect: false);
        using var key = new GuardedMemory(16);
        TestProgram program = TestProgram.From("""
            r1 = map[id:0]
            r2 = subprog[+9]
            r3 = r10
            r3 += -8
            call walk#1
            r1 = *(u64 *)(r10 -8)
            r0 = *(u64 *)(r1 +0)
            exit
            r0 = 0
            exit
            r5 = *(u32 *)(r2 +0)
            *(u64 *)(r3 +8) = 7
            *(u64 *)(r4 +0) = r3
            r0 = 0
            exit
            """) with { Maps = [map], Helpers = [Walk(map, key)] };
        RunResult result = program.Run();

        // The value outlives the callback in the stack, but not as the program's memory.
        Assert.Equal(new RunResult(0, new Trap(TrapKind.MemoryAccess, new SlotIndex(8), map.Memory().Address)), result);
        Assert.Equal(7, map.Memory().Bytes[8]);
    }

    [Theory]
    [InlineData("r5 = *(u64 *)(r2 +0)")]
    [InlineData("*(u32 *)(r2 +0) = 1")]
    [InlineData("r5 = *(u64 *)(r3 +9)")]
    public void A_walk_gives_no_more_than_key_and_value(string access)
    {
        using LoadedMap map = TestMaps.Array(16, 4, isDirect: false);
        using var key = new GuardedMemory(16);
        TestProgram program = TestProgram.From($"r1 = map[id:0]\nr2 = subprog[+4]\nr3 = 0\ncall walk#1\nexit\n{access}\nr0 = 0\nexit") with { Maps = [map], Helpers = [Walk(map, key)] };
        Assert.Equal(new SlotIndex(7), program.Run().Trap.Slot);
    }

    private static TestHelper Walk(LoadedMap map, GuardedMemory key) => new(
        new HelperDescriptor("walk")
        {
            Number = new HelperNumber(1),
            Arguments =
            [
                new(HelperArgumentKind.ConstMap, "map") { Operations = MapOperations.ForEach },
                new(HelperArgumentKind.Function, "callback"),
                new(HelperArgumentKind.StackOrNull, "state"),
            ],
        },
        (invocation, handle, callback, state, _, _) => Invocation.Call(invocation, callback, handle, key.Address, map.Memory().Address, state));

    private static HelperArgument Argument(string kind)
    {
        HelperArgumentFlags flags = kind.EndsWith('?') ? HelperArgumentFlags.MaybeNull : HelperArgumentFlags.None;
        return kind.TrimEnd('?') switch
        {
            "anything" => new(HelperArgumentKind.Anything, kind),
            "map" => new(HelperArgumentKind.ConstMap, kind) { Operations = Lookup },
            "key" => new(HelperArgumentKind.MapKey, kind),
            "value" => new(HelperArgumentKind.MapValue, kind, flags),
            "filled-value" => new(HelperArgumentKind.MapValue, kind, HelperArgumentFlags.Uninitialized),
            "read" => new(HelperArgumentKind.ReadableMemory, kind, flags),
            "write" => new(HelperArgumentKind.WritableMemory, kind, flags),
            "read8" => new(HelperArgumentKind.ReadableMemory, kind, flags) { FixedSize = 8 },
            "write8" => new(HelperArgumentKind.WritableMemory, kind, flags) { FixedSize = 8 },
            "size" => new(HelperArgumentKind.Size, kind),
            "size0" => new(HelperArgumentKind.SizeOrZero, kind),
            "context" => new(HelperArgumentKind.Context, kind),
            "string" => new(HelperArgumentKind.ConstString, kind),
            "function" => new(HelperArgumentKind.Function, kind),
            "stack" => new(HelperArgumentKind.StackOrNull, kind),
            "held" => new(HelperArgumentKind.AcquiredMemory, kind),
            "lock" => new(HelperArgumentKind.SpinLock, kind),
            "timer" => new(HelperArgumentKind.Timer, kind),
            "dynptr" => new(HelperArgumentKind.DynamicPointer, kind),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind"),
        };
    }
}
