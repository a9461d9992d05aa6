using Skep.Contracts;
using Skep.Execution.Lowering;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Core.Tests.Execution;

/// <summary>Programs keep the context that they were compiled for; the host lays its own out.</summary>
public sealed class ContextConversionTests
{
    private const int HostBytes = 48;

    // As programs see it: 4 bytes each, and 8 at the end.
    private static readonly ContextLayout Layout = new()
    {
        Size = 24,
        Fields =
        [
            new("start", 0, 4) { Kind = ContextFieldKind.PacketStart, HostOffset = 24, HostSize = 8 },
            new("same", 4, 4) { Access = MemoryAccess.ReadWrite },
            new("moved", 8, 4) { Access = MemoryAccess.ReadWrite, HostOffset = 32 },
            new("narrow", 12, 4) { Access = MemoryAccess.ReadWrite, HostOffset = 36, HostSize = 2 },
            new("wide", 16, 8) { Access = MemoryAccess.ReadWrite, HostOffset = 40 },
        ],
    };

    [Theory]
    [InlineData("r0 = *(u32 *)(r1 +0)", 0, 0x1f1e1d1c1b1a1918)]
    [InlineData("r0 = *(u32 *)(r1 +4)", 4, 0x07060504)]
    [InlineData("r0 = *(u32 *)(r1 +8)", 8, 0x23222120)]
    [InlineData("r0 = *(u16 *)(r1 +10)", 10, 0x2322)]
    [InlineData("r0 = *(u8 *)(r1 +11)", 11, 0x23)]
    [InlineData("r0 = *(u32 *)(r1 +12)", 12, 0x2524)]
    [InlineData("r0 = *(s32 *)(r1 +12)", 12, 0x2524)]
    [InlineData("r0 = *(u16 *)(r1 +12)", 12, 0x2524)]
    [InlineData("r0 = *(u8 *)(r1 +13)", 13, 0x25)]
    [InlineData("r0 = *(u16 *)(r1 +14)", 14, 0)]
    [InlineData("r0 = *(u64 *)(r1 +16)", 16, 0x2f2e2d2c2b2a2928)]
    [InlineData("r0 = *(u32 *)(r1 +20)", 20, 0x2f2e2d2c)]
    [InlineData("r1 += 8\nr0 = *(u32 *)(r1 +0)", 8, 0x23222120)]
    public void A_load_gets_the_hosts_value(string text, int offset, long expected) => Assert.Equal((ulong)expected, Run(text, offset, out _).Value);

    [Theory]
    [InlineData("*(u32 *)(r1 +4) = r2", 4, 4, 4)]
    [InlineData("*(u32 *)(r1 +8) = r2", 8, 32, 4)]
    [InlineData("*(u32 *)(r1 +8) = -1", 8, 32, 4)]
    [InlineData("*(u32 *)(r1 +12) = r2", 12, 36, 2)]
    [InlineData("*(u16 *)(r1 +14) = r2", 14, 0, 0)]
    [InlineData("*(u64 *)(r1 +16) = r2", 16, 40, 8)]
    public void A_store_reaches_the_hosts_value_and_nothing_else(string text, int offset, int place, int size)
    {
        Run("r2 = -1\n" + text + "\nr0 = 0", offset, out byte[] after);
        byte[] expected = Pattern();
        expected.AsSpan(place, size).Fill(0xff);
        Assert.Equal(expected, after);
    }

    public static TheoryData<string> Breaks => ["offset", "size", "kind", "register", "none"];

    [Theory]
    [MemberData(nameof(Breaks))]
    public void The_checker_sees_a_broken_conversion(string what)
    {
        LoweredProgram right = Program("r0 = *(u32 *)(r1 +0)", 0).Lower();
        Assert.Empty(LoweringCheck.Find(right));
        Instruction load = right.Instructions[0];
        Instruction broken = what switch
        {
            "offset" => load with { Offset = load.Offset + 8 },
            "size" => load with { Operation = Operation.Load32 },
            "kind" => load with { Operation = Operation.StoreRegister64 },
            "register" => load with { Destination = 2 },
            _ => new(Operation.Load32, 0, 1, 0, 0),
        };
        var lowered = new LoweredProgram(right.Verified)
        {
            Instructions = right.Instructions.SetItem(0, broken),
            OriginalSlots = right.OriginalSlots,
            Functions = right.Functions,
            FuelSlots = right.FuelSlots,
            Helpers = right.Helpers,
            Maps = right.Maps,
        };
        Assert.NotEmpty(LoweringCheck.Find(lowered));
    }

    private static TestProgram Program(string text, int offset)
    {
        TestProgram program = TestProgram.From(text + "\nexit");
        int access = program.Instructions.ToList().FindIndex(instruction => instruction.Row.AccessSize > 0);
        return program with { Context = Layout, ContextAccesses = [new ContextAccess(new SlotIndex(access), offset)] };
    }

    private static unsafe RunResult Run(string text, int offset, out byte[] after)
    {
        byte[] host = GC.AllocateArray<byte>(HostBytes, pinned: true);
        Pattern().CopyTo(host, 0);
        RunResult? first = null;
        foreach (Mode mode in Enum.GetValues<Mode>())
        {
            fixed (byte* address = host)
            {
                RunResult result = Program(text, offset).Run(mode, new ProgramEntry((ulong)address, 0, new MemoryRegion((nint)address, HostBytes, MemoryAccess.ReadWrite)));
                Assert.Equal(Trap.None, result.Trap);
                Assert.Equal(first ??= result, result);
            }
        }

        after = host;
        return first!.Value;
    }

    private static byte[] Pattern() => [.. Enumerable.Range(0, HostBytes).Select(i => (byte)i)];
}
