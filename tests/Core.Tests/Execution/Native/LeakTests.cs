using Skep.Contracts;
using Skep.Execution.Native;
using Skep.KernelOracle;

namespace Skep.Core.Tests.Execution.Native;

/// <summary>What the process holds of the system after many programs came and went.</summary>
[Collection(ProcessTests.Name)]
public sealed class LeakTests
{
    public static TheoryData<string> Memories => [.. TestMemory.Names];

    [Theory, MemberData(nameof(Memories))]
    public void Thousands_of_loads_and_unloads_leave_nothing_behind(string memory)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The system says nothing of its mappings in /proc.");
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        NativeImage[] images = [.. Enumerable.Range(0, 16).Select(index => MachineCode.Image((ushort)index, 100 << (index % 12)))];
        Cycle(200);
        ProcessState before = ProcessState.Read();
        Cycle(20_000);
        ProcessState after = ProcessState.Read();

        // The .NET runtime takes some of its own meanwhile; a handle lost each time a region goes would be thousands.
        Assert.InRange(after.Handles, 0, before.Handles + 50);
        Assert.InRange(after.Mappings, 0, before.Mappings + 400);
        Assert.InRange(after.Bytes, 0, before.Bytes + (64 << 20));
        Assert.Equal(0, arena.UsedBytes);

        void Cycle(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                int index = round % images.Length;
                using InstalledCode code = arena.Install(images[index], cells);
                if (MachineCode.Call(code.Main) != (ulong)index)
                {
                    Assert.Fail($"Round {round}: the code did not return {index}.");
                }
            }
        }
    }
}
