using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

/// <summary>Programs that use what they are allowed to against the host.</summary>
public sealed unsafe class HostileProgramTests
{
    private const int Large = 64 * 1024;

    [Fact]
    public void Helpers_cannot_be_made_to_work_without_end()
    {
        using LoadedMap map = TestMaps.Array(Large, 1);
        (TestProgram program, Func<int> calls) = Looping($"r1 = map[id:0][0]+0\nr2 = {Large}", "read", "size");
        Assert.Equal(TrapKind.FuelExhausted, (program with { Maps = [map], Limits = new Limits { MaxFuel = 1_000_000 } }).Run().Trap.Kind);
        Assert.InRange(calls(), 1, 1_000_000 / (Large / 8));
    }

    [Fact]
    public void Values_and_keys_count_as_work_too()
    {
        using LoadedMap map = TestMaps.Array(Large, 1);
        (TestProgram program, Func<int> calls) = Looping("r1 = map[id:0]\nr2 = map[id:0][0]+0", "map", "value");
        Assert.Equal(TrapKind.FuelExhausted, (program with { Maps = [map], Limits = new Limits { MaxFuel = 1_000_000 } }).Run().Trap.Kind);
        Assert.InRange(calls(), 1, 1_000_000 / (Large / 8));
    }

    [Fact]
    public void The_search_for_the_end_of_a_string_counts_as_work()
    {
        using LoadedMap map = TestMaps.Array(Large, 1, isFrozen: true);
        map.Memory().Bytes[..^1].Fill((byte)'x');
        (TestProgram program, Func<int> calls) = Looping("r1 = map[id:0][0]+0", "string");
        Assert.Equal(TrapKind.FuelExhausted, (program with { Maps = [map], Limits = new Limits { MaxFuel = 1_000_000 } }).Run().Trap.Kind);
        Assert.InRange(calls(), 1, 1_000_000 / Large);
    }

    [Theory]
    [InlineData(true, 0u, MapOperations.Update)]
    [InlineData(false, 1u << 7, MapOperations.Update)]
    [InlineData(false, 1u << 7, MapOperations.Delete)]
    [InlineData(false, 1u << 7, MapOperations.Push)]
    [InlineData(false, 1u << 7, MapOperations.Pop)]
    public void A_map_that_is_read_only_for_programs_cannot_be_changed_by_a_helper(bool isFrozen, uint flags, MapOperations operation)
    {
        using LoadedMap map = TestMaps.Array(16, 1, isFrozen: isFrozen, flags: flags, operations: operation | MapOperations.Lookup);
        int calls = 0;
        TestProgram program = TestProgram.From("r1 = map[id:0]\ncall change#1\nexit") with
        {
            Maps = [map],
            Helpers = [new(new HelperDescriptor("change") { Number = new HelperNumber(1), Arguments = [new(HelperArgumentKind.ConstMap, "map") { Operations = operation }] }, (_, _, _, _, _, _) => (ulong)++calls)],
        };
        Assert.Equal(new Trap(TrapKind.HelperArgument, new SlotIndex(2), 1), program.Run().Trap);
        Assert.Equal(0, calls);
    }

    // Between the check and the helper another run could overwrite the NUL, and the helper would read on behind the map.
    [Theory]
    [InlineData(false, TrapKind.HelperArgument)]
    [InlineData(true, TrapKind.None)]
    public void A_string_in_a_map_must_be_one_that_nobody_can_change(bool isFrozen, TrapKind expected)
    {
        using LoadedMap map = TestMaps.Array(16, 1, isFrozen: isFrozen);
        (TestProgram program, _) = Looping("r1 = map[id:0][0]+0", "string");
        TestProgram once = program with { Instructions = [.. program.Instructions[..^2], program.Instructions[^1]], Maps = [map] };
        Assert.Equal(expected, once.Run().Trap.Kind);
    }

    /// <summary>Calls a helper with such arguments again and again.</summary>
    private static (TestProgram Program, Func<int> Calls) Looping(string registers, params string[] kinds)
    {
        int calls = 0;
        var helper = new TestHelper(
            new HelperDescriptor("work") { Number = new HelperNumber(1), Arguments = [.. kinds.Select(Argument)] }, (_, _, _, _, _, _) => (ulong)++calls);
        string body = $"{registers}\ncall work#1\n";
        int slots = TestProgram.From(body + "exit").Instructions.Length - 1;
        return (TestProgram.From($"{body}goto pc{-slots - 1}\nexit") with { Helpers = [helper], Dead = [slots + 1] }, () => calls);
    }

    private static HelperArgument Argument(string kind) => kind switch
    {
        "map" => new(HelperArgumentKind.ConstMap, kind),
        "value" => new(HelperArgumentKind.MapValue, kind),
        "read" => new(HelperArgumentKind.ReadableMemory, kind),
        "size" => new(HelperArgumentKind.Size, kind),
        _ => new(HelperArgumentKind.ConstString, kind),
    };
}
