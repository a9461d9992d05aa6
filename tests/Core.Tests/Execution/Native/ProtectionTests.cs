using Skep.Contracts;
using Skep.Execution.Native;
using Skep.KernelOracle;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution.Native;

/// <summary>What the system says of the memory of code, while code comes and goes.</summary>
public sealed class ProtectionTests
{
    private const string NeedsProc = "The system says nothing of its mappings in /proc.";

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static TheoryData<string> Memories => [.. TestMemory.Names];

    [Theory, MemberData(nameof(Memories))]
    public void Code_can_be_read_and_executed_and_lies_between_guard_pages(string memory)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsProc);
        using var cells = new HelperCells(1);
        using CodeArena arena = TestMemory.Arena(memory);
        using InstalledCode code = arena.Install(MachineCode.Image(1, 64), cells);
        using InstalledCode big = arena.Install(MachineCode.Image(2, 1 << 20), cells);
        foreach (InstalledCode installed in (InstalledCode[])[code, big])
        {
            IReadOnlyList<MemoryMapping> mappings = MemoryMapping.ReadAll();
            MemoryMapping own = At(mappings, installed.Address);
            Assert.StartsWith("r-x", own.Rights, StringComparison.Ordinal);
            Assert.StartsWith("---", At(mappings, own.Start - 1).Rights, StringComparison.Ordinal);
            Assert.StartsWith("---", At(mappings, own.End).Rights, StringComparison.Ordinal);
        }

        Assert.Equal("rw-", At(MemoryMapping.ReadAll(), cells.AddressOf(0)).Rights[..3]);
    }

    [Fact]
    public void The_file_of_code_has_no_writable_mapping()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && FileMemory.IsOffered(), "This system has no executable files in memory.");
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(TestMemory.Chosen);
        using InstalledCode code = arena.Install(MachineCode.Image(1, 64), cells);
        MemoryMapping[] own = [.. MemoryMapping.ReadAll().Where(mapping => mapping.Name.Contains("skep-code", StringComparison.Ordinal))];
        Assert.Contains(own, mapping => mapping.Contains(code.Address));
        Assert.All(own, mapping => Assert.Equal("r-x", mapping.Rights[..3]));
    }

    [Fact]
    public void A_perf_map_asks_for_memory_that_perf_looks_up_in_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "perf is a program of Linux.");
        Assert.IsType<FlippedMemory>(ExecutableMemory.Create(new CodeArenaOptions { PerfMap = true }));
    }

    // Between two readings of one mapping nothing may hide: each line of /proc/self/maps is one mapping at one moment.
    [Theory, MemberData(nameof(Memories))]
    public async Task Nothing_is_writable_and_executable_while_threads_install_run_and_free(string memory)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsProc);
        Assert.SkipWhen(Environment.GetEnvironmentVariable("DOTNET_EnableWriteXorExecute") == "0", "The .NET runtime was told to have writable code itself.");
        using var cells = new HelperCells(0);
        using CodeArena arena = TestMemory.Arena(memory);
        using var done = new CancellationTokenSource(Duration);
        Task<long>[] workers = [.. Enumerable.Range(0, 4).Select(worker => Task.Factory.StartNew(() => Work(worker), TaskCreationOptions.LongRunning))];
        int readings = 0;
        var bad = new List<MemoryMapping>();
        while (!done.IsCancellationRequested)
        {
            bad.AddRange(MemoryMapping.ReadAll().Where(mapping => mapping.IsWritableAndExecutable));
            readings++;
        }

        long rounds = (await Task.WhenAll(workers)).Sum();
        Assert.Empty(bad);
        Assert.True(readings > 10 && rounds > 100, $"{readings} readings of {rounds} rounds show little.");
        Assert.Equal(0, arena.UsedBytes);

        long Work(int seed)
        {
            var random = new Random(seed);
            var installed = new Queue<(InstalledCode Code, ushort Value)>();
            long count = 0;
            while (!done.IsCancellationRequested || installed.Count > 0)
            {
                if (!done.IsCancellationRequested && installed.Count < 20)
                {
                    ushort value = (ushort)random.Next(30000);
                    installed.Enqueue((arena.Install(MachineCode.Image(value, 16 << random.Next(12)), cells), value));
                }
                else
                {
                    (InstalledCode code, ushort value) = installed.Dequeue();
                    Assert.Equal(value, MachineCode.Call(code.Main));
                    code.Dispose();
                }

                count++;
            }

            return count;
        }
    }

    [Theory, MemberData(nameof(Memories))]
    public void Random_places_differ_and_do_not_follow_each_other(string memory)
    {
        nint[] firsts = [.. Enumerable.Range(0, 8).Select(_ => Places(1)[0])];
        Assert.Equal(firsts.Length, firsts.Select(address => address >> 12).Distinct().Count());
        Assert.True(firsts.Max() - firsts.Min() > (nint)1 << 32, "Regions lie close to each other.");
        nint[] followers = Places(20);
        Assert.False(followers.SequenceEqual(followers.Order()), "Programs lie in the order of their installation.");

        nint[] Places(int count)
        {
            using var cells = new HelperCells(0);
            using CodeArena arena = TestMemory.Arena(memory, randomise: true);
            InstalledCode[] codes = [.. Enumerable.Range(0, count).Select(index => arena.Install(MachineCode.Image((ushort)index, 64), cells))];
            nint[] places = [.. codes.Select((code, index) => MachineCode.Call(code.Main) == (ulong)index ? code.Address : 0)];
            Array.ForEach(codes, code => code.Dispose());
            Assert.DoesNotContain(0, places);
            Assert.InRange(arena.ReservedBytes, 0, 64 << 10);
            return places;
        }
    }

    [Fact]
    public void Images_that_point_outside_of_themselves_are_refused()
    {
        using var cells = new HelperCells(2);
        using CodeArena arena = TestMemory.Arena(TestMemory.Chosen);
        byte[] bytes = new byte[16];
        Refused(MachineCode.Image([]));
        Refused(MachineCode.WithEntries(MachineCode.Image(bytes)));
        Refused(MachineCode.WithEntries(MachineCode.Image(bytes), new CodeEntry(default, 16)));
        Refused(MachineCode.Image(bytes, new CodeRelocation(9, CodeRelocationKind.CodeAddress, 0)));
        Refused(MachineCode.Image(bytes, new CodeRelocation(-1, CodeRelocationKind.CodeAddress, 0)));
        Refused(MachineCode.Image(bytes, new CodeRelocation(0, CodeRelocationKind.CodeAddress, 16)));
        Refused(MachineCode.Image(bytes, new CodeRelocation(0, CodeRelocationKind.HelperCell, 2)));
        Assert.Equal(0, arena.UsedBytes);
        using InstalledCode allowed = arena.Install(MachineCode.Image(bytes, new CodeRelocation(8, CodeRelocationKind.HelperCell, 1)), cells);
        Assert.Equal(cells.AddressOf(1), BitConverter.ToInt64(allowed.Bytes[8..]));

        void Refused(NativeImage image) => Assert.Throws<ArgumentException>(() => arena.Install(image, cells));
    }

    [Fact]
    public void Cells_begin_empty_and_end_with_their_program()
    {
        var cells = new HelperCells(9);
        Assert.All(Enumerable.Range(0, 9), helper => Assert.Equal(0, cells[helper]));
        Assert.Equal(8 * sizeof(long), cells.AddressOf(8) - cells.AddressOf(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => cells.AddressOf(9));
        Assert.Throws<ArgumentOutOfRangeException>(() => cells[-1] = 1);
        cells.Dispose();
        cells.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cells[0]);
    }

    private static MemoryMapping At(IReadOnlyList<MemoryMapping> mappings, nint address) => Assert.Single(mappings, mapping => mapping.Contains(address));
}
