using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;
using Skep.Contracts;
using Skep.Execution.Native;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution.Native;

/// <summary>What profilers are told of installed code.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProfilingTests : IDisposable
{
    private const string NeedsLinux = "perf is a program of Linux.";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("skep-profiling-");

    private static readonly SourceLine First = new("src/a.c", 10, 1, "first");
    private static readonly SourceLine Second = new("src/a.c", 20, 1, "second");
    private static readonly SourceLine Third = new("src/b.h", 5, 1, "third");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Functions_and_lines_are_found_through_the_pc_map()
    {
        (LoweredProgram program, NativeImage image) = Sample();
        var symbols = CodeSymbols.Of(program, image);
        Assert.Equal([new CodeSymbol(0, 40, "skep:test:main"), new CodeSymbol(40, 24, "skep:test:work")], symbols.Functions);
        Assert.Equal([new CodeSource(4, First), new CodeSource(20, Second), new CodeSource(48, Third)], symbols.Lines);
        Assert.Equal([new CodeSource(4, First), new CodeSource(20, Second)], symbols.LinesOf(symbols.Functions[0]).ToArray());

        // The second line holds on where the next function begins.
        Assert.Equal([new CodeSource(20, Second), new CodeSource(48, Third)], symbols.LinesOf(symbols.Functions[1]).ToArray());
    }

    [Fact]
    public void Code_without_map_and_names_is_one_function_of_the_program()
    {
        LoweredProgram program = TestProgram.From("r0 = 0\nexit").Lower();
        var symbols = CodeSymbols.Of(program, MachineCode.Image(1, 32));
        Assert.Equal([new CodeSymbol(0, 32, "skep:test:test")], symbols.Functions);
        Assert.Empty(symbols.Lines);
    }

    [Fact]
    public void A_perf_map_has_a_line_a_function()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        (LoweredProgram program, NativeImage image) = Sample();
        var hostile = new CodeSymbols([new CodeSymbol(0, 8, "skep:a\n0 ffffffff b:\tc")], []);
        using (var first = new PerfMap(_folder.FullName))
        using (var second = new PerfMap(_folder.FullName))
        {
            first.Add(unchecked((nint)0x7f0000001000), image.Code.AsSpan(), CodeSymbols.Of(program, image));
            second.Add(unchecked((nint)0x7f0000002000), image.Code.AsSpan(), hostile);
            first.Add(unchecked((nint)0x7f0000003000), image.Code.AsSpan(), CodeSymbols.Of(program, image));
            Assert.Equal(Path.Combine(_folder.FullName, $"perf-{Environment.ProcessId}.map"), first.Path);
        }

        string[] expected =
        [
            "7f0000001000 28 skep:test:main",
            "7f0000001028 18 skep:test:work",
            "7f0000002000 8 skep:a?0 ffffffff b:?c",
            "7f0000003000 28 skep:test:main",
            "7f0000003028 18 skep:test:work",
        ];
        Assert.Equal(expected, File.ReadAllLines(Assert.Single(_folder.GetFiles()).FullName));
    }

    [Fact]
    public void A_perf_map_follows_no_link_and_keeps_nothing_of_an_earlier_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        string path = Path.Combine(_folder.FullName, $"perf-{Environment.ProcessId}.map");
        File.WriteAllText(path, "1 1 old\n");
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        new PerfMap(_folder.FullName).Dispose();
        Assert.Empty(File.ReadAllText(path));

        File.Delete(path);
        string other = Path.Combine(_folder.FullName, "other");
        File.WriteAllText(other, "");
        File.CreateSymbolicLink(path, other);
        Assert.Throws<IOException>(() => new PerfMap(_folder.FullName));
    }

    [Fact]
    public void A_jit_dump_has_a_header_and_a_record_for_each_function_with_its_lines()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        (LoweredProgram program, NativeImage image) = Sample();
        string path;
        using (var cells = new HelperCells(0))
        using (var arena = new CodeArena(Limits.Default, new CodeArenaOptions { JitDump = true, JitDumpFolder = _folder.FullName }))
        using (InstalledCode code = arena.Install(image, cells, program))
        {
            path = Assert.Single(_folder.GetFiles()).FullName;
            Assert.Contains(MemoryMapping.ReadAll(), mapping => mapping.Name == path && mapping.Rights == "r-xp");
            var dump = ParsedDump.Read(path);
            ulong address = (ulong)code.Address;
            Assert.Equal(["lines", "load", "lines", "load"], dump.Records.Select(record => record.Kind));
            Assert.Equal([(address + 4, 10, "src/a.c"), (address + 20, 20, "src/a.c")], dump.Records[0].Lines);
            Assert.Equal(address, dump.Records[1].Address);
            Assert.Equal("skep:test:main", dump.Records[1].Name);
            Assert.Equal(code.Bytes[..40], dump.Records[1].Code);
            Assert.Equal([(address + 40, 20, "src/a.c"), (address + 48, 5, "src/b.h")], dump.Records[2].Lines);
            Assert.Equal(address + 40, dump.Records[3].Address);
            Assert.Equal("skep:test:work", dump.Records[3].Name);
            Assert.Equal(code.Bytes[40..], dump.Records[3].Code);
            Assert.Equal([1UL, 2UL], dump.Records.Where(record => record.Kind == "load").Select(record => record.Index));
        }

        Assert.Equal("close", ParsedDump.Read(path).Records[^1].Kind);
        Assert.DoesNotContain(MemoryMapping.ReadAll(), mapping => mapping.Name == path);
    }

    [Fact]
    public void Two_jit_dumps_of_a_process_lie_in_folders_of_their_own()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        using var first = new JitDump(_folder.FullName);
        using var second = new JitDump(_folder.FullName);
        using var third = new JitDump(_folder.FullName);
        string name = string.Create(CultureInfo.InvariantCulture, $"jit-{Environment.ProcessId}.dump");
        string[] expected = [.. new[] { "", $"skep-{Environment.ProcessId}-1", $"skep-{Environment.ProcessId}-2" }.Select(inside => Path.Combine(_folder.FullName, inside, name))];
        Assert.Equal(expected, new[] { first.Path, second.Path, third.Path });
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told_at_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NeedsLinux);
        var options = new CodeArenaOptions { JitDump = true, JitDumpFolder = Path.Combine(_folder.FullName, "missing") };
        Assert.ThrowsAny<IOException>(() => new CodeArena(Limits.Default, options));
    }

    /// <summary>Two functions of 40 and 24 bytes, the first with an entry that stems from no instruction.</summary>
    private static (LoweredProgram Program, NativeImage Image) Sample()
    {
        var program = TestProgram.From("r0 = 0\ncall work\nexit\nwork:\nr0 = 3\nexit") with
        {
            Functions =
            [
                new FunctionSpec("main", new SlotIndex(0), 3, FunctionLinkage.Global, null),
                new FunctionSpec("work", new SlotIndex(3), 2, FunctionLinkage.Static, null),
            ],
            Lines = [Line(0, First), Line(1, Second), Line(4, Third)],
        };
        ImmutableArray<PcMapEntry> map = [Pc(4, 0), Pc(20, 1), Pc(30, 2), Pc(40, 3), Pc(48, 4)];
        return (program.Lower(), MachineCode.Image(1, 64) with { PcMap = map });

        static LineInfo Line(int slot, SourceLine source) => new(new SlotIndex(slot), source);

        static PcMapEntry Pc(int offset, int slot) => new(offset, new SlotIndex(slot));
    }
}
