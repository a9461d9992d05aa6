using Skep.Execution.Native;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution.Native;

/// <summary>What is freed is overwritten, used again, and at last given back to the system.</summary>
public sealed class ReclamationTests
{
    private const int FirstRegion = 64 << 10;

    public static TheoryData<string> Memories => [.. TestMemory.Names];

    [Theory, MemberData(nameof(Memories))]
    public unsafe void Freed_code_is_overwritten_with_traps(string memory)
    {
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        using InstalledCode stays = arena.Install(MachineCode.Image(1, 64), cells);
        InstalledCode code = arena.Install(MachineCode.Image(2, 1000), cells);
        nint address = code.Address;
        code.Dispose();
        code.Dispose();
        AssertTraps(new ReadOnlySpan<byte>((void*)address, 1000));
        Assert.Equal(1UL, MachineCode.Call(stays.Main));
    }

    [Theory, MemberData(nameof(Memories))]
    public unsafe void What_is_not_code_is_traps(string memory)
    {
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        using InstalledCode code = arena.Install(MachineCode.Image(MachineCode.Return(3)), cells);
        AssertTraps(new ReadOnlySpan<byte>((void*)(code.Address + ((code.Length + 3) & -4)), FirstRegion - 64));
    }

    [Theory, MemberData(nameof(Memories))]
    public void Freed_room_is_used_again_whatever_the_order(string memory)
    {
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        var random = new Random(4);
        var installed = new List<(InstalledCode Code, ushort Value)>();
        long most = 0;
        for (int step = 0; step < 5000; step++)
        {
            if (installed.Count < 8 || (installed.Count < 100 && random.Next(2) == 0))
            {
                ushort value = (ushort)random.Next(30000);
                installed.Add((arena.Install(MachineCode.Image(value, random.Next(16, 9000)), cells), value));
            }
            else
            {
                int index = random.Next(installed.Count);
                (InstalledCode code, ushort value) = installed[index];
                Assert.Equal(value, MachineCode.Call(code.Main));
                code.Dispose();
                installed.RemoveAt(index);
            }

            most = Math.Max(most, arena.UsedBytes);
        }

        Assert.All(installed, item => Assert.Equal(item.Value, MachineCode.Call(item.Code.Main)));
        Assert.InRange(arena.ReservedBytes, arena.UsedBytes, (3 * most) + FirstRegion);
        installed.ForEach(item => item.Code.Dispose());
        Assert.Equal(0, arena.UsedBytes);
        Assert.InRange(arena.ReservedBytes, 0, FirstRegion);
    }

    [Theory, MemberData(nameof(Memories))]
    public void Neighbours_join_when_they_are_free(string memory)
    {
        const int part = 8192;
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        InstalledCode[] parts = [.. Enumerable.Range(0, FirstRegion / part).Select(_ => arena.Install(MachineCode.Image(1, part), cells))];
        Assert.Equal(FirstRegion, arena.ReservedBytes);
        foreach (int index in (int[])[1, 3, 2, 5, 4, 0, 7, 6])
        {
            parts[index].Dispose();
        }

        using InstalledCode whole = arena.Install(MachineCode.Image(2, FirstRegion), cells);
        Assert.Equal(FirstRegion, arena.ReservedBytes);
    }

    [Theory, MemberData(nameof(Memories))]
    public void An_arena_that_is_disposed_keeps_what_is_still_installed(string memory)
    {
        using var cells = new HelperCells(0);
        CodeArena arena = TestMemory.Arena(memory);
        InstalledCode code = arena.Install(MachineCode.Image(5, 100), cells);
        arena.Dispose();
        Assert.Equal(5UL, MachineCode.Call(code.Main));
        Assert.Throws<ObjectDisposedException>(() => arena.Install(MachineCode.Image(5, 100), cells));
        code.Dispose();
        Assert.Equal(0, arena.ReservedBytes);
    }

    [Theory, MemberData(nameof(Memories))]
    public void The_limit_is_exact(string memory)
    {
        const int limit = 16384;
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory, new Limits { MaxCodeBytes = limit });
        InstalledCode first = arena.Install(MachineCode.Image(1, 8192), cells);
        using InstalledCode second = arena.Install(MachineCode.Image(2, 8192), cells);
        CodeMemoryException refused = Assert.Throws<CodeMemoryException>(() => arena.Install(MachineCode.Image(3, 8), cells));
        Assert.Contains("MaxCodeBytes", refused.Message, StringComparison.Ordinal);
        first.Dispose();
        Assert.Throws<CodeMemoryException>(() => arena.Install(MachineCode.Image(3, 8193), cells));
        using InstalledCode third = arena.Install(MachineCode.Image(3, 8192), cells);
        Assert.Equal(3UL, MachineCode.Call(third.Main));
        Assert.Equal(limit, arena.UsedBytes);
    }

    private static void AssertTraps(ReadOnlySpan<byte> bytes)
    {
        byte[] expected = new byte[bytes.Length];
        FillPattern.Fill(expected, TrapCode.Pattern);
        Assert.True(bytes.SequenceEqual(expected), "Something else than traps is left.");
    }
}
