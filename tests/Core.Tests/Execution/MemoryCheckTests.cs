using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

/// <summary>What the checked interpreter lets a program touch.</summary>
public sealed unsafe class MemoryCheckTests
{
    private const int Size = 32;

    public static TheoryData<string, int> Accesses => new()
    {
        { "r0 = *(u8 *)(r6 +0)", 1 },
        { "r0 = *(s16 *)(r6 +0)", 2 },
        { "r0 = *(u32 *)(r6 +0)", 4 },
        { "r0 = *(u64 *)(r6 +0)", 8 },
        { "*(u8 *)(r6 +0) = 1", 1 },
        { "*(u16 *)(r6 +0) = r7", 2 },
        { "*(u32 *)(r6 +0) = 1", 4 },
        { "*(u64 *)(r6 +0) = r7", 8 },
        { "lock *(u32 *)(r6 +0) += r7", 4 },
        { "r7 = atomic64_fetch_add((u64 *)(r6 +0), r7)", 8 },
        { "r0 = atomic64_cmpxchg((u64 *)(r6 +0), r0, r7)", 8 },
        { "r0 = load_acquire((u16 *)(r6 +0))", 2 },
        { "store_release((u64 *)(r6 +0), r7)", 8 },
    };

    private static bool Writes(string access) => !access.StartsWith("r0 = *", StringComparison.Ordinal) && !access.Contains("load_acquire", StringComparison.Ordinal);

    private static bool IsAtomic(string access) => access.Contains("atomic", StringComparison.Ordinal) || access.Contains("lock", StringComparison.Ordinal)
        || access.Contains("load_acq", StringComparison.Ordinal) || access.Contains("store_rel", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Accesses))]
    public void Context_can_be_touched_up_to_its_edges(string access, int size)
    {
        using var memory = new GuardedMemory(Size);
        foreach (int offset in new[] { -size, -1, 0, 1, Size - size, Size - size + 1, Size, Size + 64 })
        {
            bool inside = offset >= 0 && offset + size <= Size && (!IsAtomic(access) || offset % size == 0);
            Expect(access, memory, offset, memory.Entry(), inside);
        }
    }

    [Theory]
    [MemberData(nameof(Accesses))]
    public void Access_rights_hold(string access, int size)
    {
        _ = size;
        using var memory = new GuardedMemory(Size);
        Expect(access, memory, 0, memory.Entry(MemoryAccess.Read), !Writes(access));
        Expect(access, memory, 0, memory.Entry(MemoryAccess.None), false);
        Expect(access, memory, 0, default(ProgramEntry) with { R1 = memory.Address }, false);
        Expect(access, memory, 0, default(ProgramEntry) with { R1 = memory.Address, Data = memory.Region(MemoryAccess.Read) }, !Writes(access));
        Expect(access, memory, 0, default(ProgramEntry) with { R1 = memory.Address, Data = memory.Region() }, true);
    }

    [Theory]
    [MemberData(nameof(Accesses))]
    public void No_address_wraps_around_into_memory(string access, int size)
    {
        foreach (ulong address in new ulong[] { 0, 8, ulong.MaxValue, ulong.MaxValue - (ulong)size + 1, 1ul << 63, 0x7fff_ffff_ffff_fff8 })
        {
            var entry = new ProgramEntry(address, 0, MemoryRegion.None);
            Assert.Equal(new Trap(TrapKind.MemoryAccess, new SlotIndex(2), address), TestProgram.From($"r6 = r1\nr7 = 1\n{access}\nexit").Run(Mode.Checked, entry).Trap);
        }
    }

    [Theory]
    [InlineData(-512, true)]
    [InlineData(-513, false)]
    [InlineData(-8, true)]
    [InlineData(-7, false)]
    [InlineData(0, false)]
    public void The_stack_has_512_bytes(int offset, bool inside)
    {
        RunResult result = TestProgram.From($"*(u64 *)(r10 {offset:+0;-0;+0}) = 1\nr0 = *(u64 *)(r10 {offset:+0;-0;+0})\nexit").Run();
        Assert.Equal(inside ? TrapKind.None : TrapKind.MemoryAccess, result.Trap.Kind);
        Assert.Equal(inside ? 1u : 0u, result.Value);
    }

    [Fact]
    public void A_frame_may_touch_its_callers_stacks()
    {
        RunResult result = TestProgram.From("""
            r1 = r10
            r1 += -16
            call fill
            r0 = *(u64 *)(r10 -16)
            exit
            fill:
            *(u64 *)(r1 +0) = 3
            exit
            """).Run();
        Assert.Equal(new RunResult(3, Trap.None), result);
    }

    [Theory]
    [InlineData(false, 0u, true, true)]
    [InlineData(true, 0u, true, false)]
    [InlineData(false, 1u << 7, true, false)]
    [InlineData(false, 1u << 8, false, true)]
    public void Direct_values_can_be_touched_as_the_map_says(bool frozen, uint flags, bool reads, bool writes)
    {
        using LoadedMap map = TestMaps.Array(valueSize: 16, entries: 2, isFrozen: frozen, flags: flags);
        foreach (int offset in new[] { -8, 0, 24, 25, 32 })
        {
            bool inside = offset is >= 0 and <= 24;
            Expect("r0 = *(u64 *)(r6 {0})", offset, inside && reads);
            Expect("*(u64 *)(r6 {0}) = 1", offset, inside && writes);
        }

        map.Memory().AssertGuardsUntouched();

        void Expect(string access, int offset, bool allowed)
        {
            TestProgram program = TestProgram.From("r6 = map[id:0][0]+0\n" + string.Format(null, access, $"{offset:+0;-0;+0}") + "\nexit") with { Maps = [map] };
            Assert.Equal(allowed ? TrapKind.None : TrapKind.MemoryAccess, program.Run().Trap.Kind);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_looked_up_value_can_be_touched_up_to_its_edges(bool direct)
    {
        using LoadedMap map = TestMaps.Array(valueSize: 16, entries: 4, isDirect: direct);
        foreach (int offset in new[] { -48, -8, -1, 0, 8, 9, 15, 16, 24 })
        {
            // A direct map's values are all the program's; of another map only the one that was looked up is.
            bool inside = direct ? offset is >= -16 and <= 40 : offset is >= 0 and <= 8;
            Assert.Equal(inside ? TrapKind.None : TrapKind.MemoryAccess, Lookup(map, key: 1, $"*(u64 *)(r0 {offset:+0;-0;+0}) = 1").Trap.Kind);
        }

        Assert.Equal(TrapKind.MemoryAccess, Lookup(map, key: 9, "*(u64 *)(r0 +0) = 1").Trap.Kind);
        map.Memory().AssertGuardsUntouched();
    }

    [Fact]
    public void A_handle_is_no_memory_and_neither_is_what_a_map_of_maps_holds()
    {
        using LoadedMap map = TestMaps.Array(valueSize: 4, entries: 4, isDirect: false, holdsMaps: true);
        Assert.Equal(TrapKind.MemoryAccess, (TestProgram.From("r1 = map[id:0]\nr0 = *(u64 *)(r1 +0)\nexit") with { Maps = [map] }).Run().Trap.Kind);
        Assert.Equal(TrapKind.MemoryAccess, Lookup(map, key: 1, "r0 = *(u32 *)(r0 +0)").Trap.Kind);
    }

    [Fact]
    public void Every_value_that_was_looked_up_stays_accessible()
    {
        using LoadedMap map = TestMaps.Array(valueSize: 64, entries: 1000, isDirect: false);
        RunResult result = (TestProgram.From("""
            r9 = 1000
            r6 = r10
            r6 += -4
            again:
            r9 += -1
            *(u32 *)(r10 -4) = r9
            r1 = map[id:0]
            r2 = r6
            call lookup#1
            *(u64 *)(r0 +56) = 1
            if r9 != 999 goto same
            r7 = r0
            same:
            if r9 != 0 goto again
            *(u64 *)(r7 +0) = 2
            r0 = *(u64 *)(r7 +0)
            exit
            """) with { Maps = [map], Helpers = [LookupHelper] }).Run();
        Assert.Equal(new RunResult(2, Trap.None), result);
        map.Memory().AssertGuardsUntouched();
    }

    internal static TestHelper LookupHelper => new(
        new HelperDescriptor("lookup")
        {
            Number = new HelperNumber(1),
            Arguments = [new(HelperArgumentKind.ConstMap, "map") { Operations = MapOperations.Lookup }, new(HelperArgumentKind.MapKey, "key")],
            Result = HelperResult.MapValueOrNull,
        },
        (_, map, key, _, _, _) => (ulong)MapHandle.Keyed(map).ProgramLookup((byte*)key));

    private static RunResult Lookup(LoadedMap map, int key, string then)
        => (TestProgram.From($"""
            *(u32 *)(r10 -4) = {key}
            r1 = map[id:0]
            r2 = r10
            r2 += -4
            call lookup#1
            {then}
            exit
            """) with { Maps = [map], Helpers = [LookupHelper] }).Run();

    private static void Expect(string access, GuardedMemory memory, int offset, ProgramEntry entry, bool allowed)
    {
        RunResult result = TestProgram.From($"r6 = r1\nr7 = 1\nr6 += {offset}\n{access}\nexit").Run(Mode.Checked, entry);
        Trap expected = allowed ? Trap.None : new Trap(TrapKind.MemoryAccess, new SlotIndex(3), memory.Address + (ulong)offset);
        Assert.Equal(expected, result.Trap);
        memory.AssertGuardsUntouched();
    }
}
