using Skep.Contracts;
using Skep.Execution.Native;
using Skep.Programs;

namespace Skep.Core.Tests.Execution.Native;

/// <summary>Code gets in, is called, and is gone again. Each test runs on every kind of memory that this system has.</summary>
public sealed class CodeArenaTests
{
    public static TheoryData<string> Memories => [.. TestMemory.Names];

    [Theory, MemberData(nameof(Memories))]
    public void Installed_code_can_be_called(string memory)
    {
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        using InstalledCode code = arena.Install(MachineCode.Image(MachineCode.Return(42)), cells);
        Assert.Equal(42UL, MachineCode.Call(code.Main));
        Assert.Equal(0, code.Address % 64);
        Assert.Equal(MachineCode.Return(42), code.Bytes);
    }

    [Theory, MemberData(nameof(Memories))]
    public void Programs_lie_side_by_side_and_keep_apart(string memory)
    {
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        InstalledCode[] codes = [.. Enumerable.Range(0, 300).Select(index => arena.Install(MachineCode.Image((ushort)index, 40 + index), cells))];
        for (int index = 0; index < codes.Length; index++)
        {
            Assert.Equal((ulong)index, MachineCode.Call(codes[index].Main));
        }

        Assert.Equal(codes.Length, codes.Select(code => code.Address).Distinct().Count());
        Array.ForEach(codes, code => code.Dispose());
        Assert.Equal(0, arena.UsedBytes);
    }

    [Theory, MemberData(nameof(Memories))]
    public void Code_knows_its_own_addresses(string memory)
    {
        (byte[] bytes, int hole) = MachineCode.ReturnHole();
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        using InstalledCode other = arena.Install(MachineCode.Image(1, 100), cells);
        using InstalledCode code = arena.Install(MachineCode.Image(bytes, new CodeRelocation(hole, CodeRelocationKind.CodeAddress, 5)), cells);
        Assert.Equal((ulong)code.Address + 5, MachineCode.Call(code.Main));
    }

    [Theory, MemberData(nameof(Memories))]
    public void Helpers_are_called_through_cells_that_can_be_switched(string memory)
    {
        (byte[] bytes, int hole) = MachineCode.JumpThroughCell();
        using var cells = new HelperCells(3);
        using CodeArena arena = TestMemory.Arena(memory);
        using InstalledCode first = arena.Install(MachineCode.Image(1, 100), cells);
        using InstalledCode second = arena.Install(MachineCode.Image(2, 100), cells);
        cells[2] = first.Main;
        using InstalledCode code = arena.Install(MachineCode.Image(bytes, new CodeRelocation(hole, CodeRelocationKind.HelperCell, 2)), cells);
        Assert.Equal(1UL, MachineCode.Call(code.Main));
        cells[2] = second.Main;
        Assert.Equal(2UL, MachineCode.Call(code.Main));
    }

    [Theory, MemberData(nameof(Memories))]
    public void Every_function_has_its_entry(string memory)
    {
        byte[] bytes = new byte[64];
        MachineCode.Return(7).CopyTo(bytes, 0);
        MachineCode.Return(8).CopyTo(bytes, 16);
        NativeImage image = MachineCode.WithEntries(MachineCode.Image(bytes), new CodeEntry(new SlotIndex(0), 16), new CodeEntry(new SlotIndex(9), 0));
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        using InstalledCode code = arena.Install(image, cells);
        Assert.Equal(8UL, MachineCode.Call(code.Main));
        Assert.Equal(7UL, MachineCode.Call(code.EntryOf(new SlotIndex(9))));
        Assert.Equal(0, code.EntryOf(new SlotIndex(1)));
    }

    [Theory, MemberData(nameof(Memories))]
    public void Images_of_megabytes_fit(string memory)
    {
        const int length = 4 << 20;
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        byte[] bytes = new byte[length];
        MachineCode.Return(11).CopyTo(bytes, 0);
        MachineCode.Return(12).CopyTo(bytes, length - 64);
        NativeImage image = MachineCode.WithEntries(MachineCode.Image(bytes), new CodeEntry(new SlotIndex(0), 0), new CodeEntry(new SlotIndex(1), length - 64));
        using (InstalledCode code = arena.Install(image, cells))
        {
            Assert.Equal(11UL, MachineCode.Call(code.Main));
            Assert.Equal(12UL, MachineCode.Call(code.EntryOf(new SlotIndex(1))));
        }

        Assert.Equal(0, arena.UsedBytes);
        Assert.InRange(arena.ReservedBytes, 0, 64 << 10);
    }
}
