using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

/// <summary>What programs acquire is released: by them, or after them.</summary>
public sealed unsafe class ReferenceTests
{
    private readonly List<ulong> _open = [];

    private ImmutableArray<TestHelper> Helpers =>
    [
        new(
            new HelperDescriptor("reserve")
            {
                Number = new HelperNumber(1),
                Arguments = [new(HelperArgumentKind.AllocationSize, "size")],
                Result = new HelperResult(HelperResultKind.MemoryOrNull) { ObjectType = "record", ReleasedBy = "discard" },
            },
            (_, size, _, _, _, _) =>
            {
                ulong record = (ulong)NativeMemory.Alloc((nuint)size);
                _open.Add(record);
                return record;
            }),
        new(
            new HelperDescriptor("discard")
            {
                Number = new HelperNumber(2),
                Arguments = [new(HelperArgumentKind.AcquiredMemory, "record", HelperArgumentFlags.Releases) { ObjectType = "record" }],
                Result = HelperResult.Void,
            },
            (_, record, _, _, _, _) =>
            {
                Assert.True(_open.Remove(record));
                NativeMemory.Free((void*)record);
                return 0;
            }),
    ];

    [Theory]
    [InlineData(Mode.Checked)]
    [InlineData(Mode.Unchecked)]
    public void What_a_program_releases_is_released_once(Mode mode)
    {
        RunResult result = Run(mode, "*(u64 *)(r6 +8) = 1\nr1 = r6\ncall discard#2\nr0 = 1\nexit");
        Assert.Equal(new RunResult(1, Trap.None), result);
        Assert.Empty(_open);
    }

    [Theory]
    [InlineData(Mode.Checked)]
    [InlineData(Mode.Unchecked)]
    public void What_it_leaves_is_released_after_it(Mode mode)
    {
        RunResult result = Run(mode, "r1 = 8\ncall reserve#1\nr0 = 1\nexit");
        Assert.Equal(new RunResult(0, new Trap(TrapKind.ReferenceLeak, new SlotIndex(6))), result);
        Assert.Empty(_open);
    }

    [Fact]
    public void A_trap_releases_too_and_stays_the_trap()
    {
        Assert.Equal(TrapKind.MemoryAccess, Run(Mode.Checked, "r0 = *(u64 *)(r6 +9)\nexit").Trap.Kind);
        Assert.Empty(_open);
    }

    [Theory]
    [InlineData("r1 = r6\ncall discard#2\nr1 = r6\ncall discard#2\nexit", TrapKind.HelperArgument)]
    [InlineData("r1 = r6\nr1 += 8\ncall discard#2\nexit", TrapKind.HelperArgument)]
    [InlineData("r7 = *(u64 *)(r6 +0)\nr1 = r6\ncall discard#2\nr0 = *(u64 *)(r6 +0)\nexit", TrapKind.MemoryAccess)]
    public void What_is_released_is_gone(string text, TrapKind expected)
    {
        Assert.Equal(expected, Run(Mode.Checked, text).Trap.Kind);
        Assert.Empty(_open);
    }

    [Theory]
    [InlineData(3, TrapKind.None)]
    [InlineData(4, TrapKind.ReferenceLeak)]
    public void No_more_is_held_than_the_limit(int more, TrapKind expected)
    {
        string reserve = string.Concat(Enumerable.Repeat("r1 = 8\ncall reserve#1\n*(u64 *)(r7 +0) = r0\nr7 += 8\n", more));
        string discard = string.Concat(Enumerable.Repeat("r7 += -8\nr1 = *(u64 *)(r7 +0)\ncall discard#2\n", more));
        TestProgram program = Program($"r7 = r10\nr7 += -64\n{reserve}{discard}r1 = r6\ncall discard#2\nr0 = 0\nexit");
        Assert.Equal(expected, (program with { Limits = new Limits { MaxHeldReferences = 4 } }).Run().Trap.Kind);
        Assert.Empty(_open);
    }

    private TestProgram Program(string text) => TestProgram.From($"r1 = 16\ncall reserve#1\nr6 = r0\n{text}") with { Helpers = Helpers };

    private RunResult Run(Mode mode, string text) => Program(text).Run(mode);
}
