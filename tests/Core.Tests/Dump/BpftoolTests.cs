using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Skep.Core.Tests.Verification;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Programs.Dump;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Core.Tests.Dump;

/// <summary>Plain dumps against bpftool's of the same instructions, loaded into the kernel and pinned nowhere.</summary>
public sealed partial class BpftoolTests
{
    private const string Bpftool = "/usr/sbin/bpftool";

    // Linux replaces a helper's number by its distance in memory, and a jitted function is named by its tag.
    [GeneratedRegex("#-?[0-9]+|#bpf_prog_[0-9a-f]+_F")]
    private static partial Regex LoadedOnly { get; }

    public BpftoolTests()
    {
        Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);
        Assert.SkipUnless(File.Exists(Bpftool), $"{Bpftool} is missing: apt-get install bpftool");
    }

    /// <summary>Without what bpftool 7.1 of Debian 12 does not know (sign extension, acquire and release) and what Linux rewrites or drops.</summary>
    public static TheoryData<string> Programs =>
    [
        "r1 = 33\n*(u16 *)(r10 -4) = r1\nr1 = 0x57202c6f6c6c6548\nr0 = 0\nexit",
        "call unknown#5\nr1 = r0\ncall pc+7\nr6 = 3\nif r0 == 0x1 goto pc+2\nr6 -= 1\nif r6 != 0x0 goto pc-2\nr0 = 0x1\nexit\nr0 = r1\nif r1 > 0x4 goto pc+1\ngoto pc+1\nr0 += 1\nexit",
        "call unknown#5\nif w0 s< 0xfffffffb goto pc+3\nif r0 & 0x10 goto pc+2\nr0 = -r0\nexit\nr0 = be16 r0\nr0 s>>= 3\nexit",
        "call unknown#5\nr1 = 1\n*(u64 *)(r10 -8) = r1\nr1 = atomic64_fetch_add((u64 *)(r10 -8), r1)\nlock *(u32 *)(r10 -8) += r1\nr0 = *(u32 *)(r10 -8)\nexit",
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Text_is_the_same(string text) => Compare(text, [], new DumpOptions { Plain = true }, ProgramDumpTests.Text);

    [Theory]
    [MemberData(nameof(Programs))]
    public void Json_is_the_same(string text) => Compare(text, ["--json"], new DumpOptions { Plain = true }, dump => ProgramDumpTests.Json(dump) + "\n");

    /// <summary>Without an early exit, which bpftool draws to the next block.</summary>
    public static TheoryData<string> Graphs => [.. Programs.Where((_, index) => index != 2).Select(row => row.Data)];

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Graphs_are_the_same(string text) => Compare(text, [], new DumpOptions { Plain = true }, ProgramDumpTests.Graph, "visual");

    [Fact]
    public void Opcodes_are_the_same()
    {
        Compare(Programs.First().Data, [], new DumpOptions { Plain = true, Opcodes = true }, ProgramDumpTests.Text, "opcodes");
        Compare(Programs.First().Data, ["--json"], new DumpOptions { Plain = true, Opcodes = true }, dump => ProgramDumpTests.Json(dump) + "\n", "opcodes");
    }

    private static void Compare(string text, string[] options, DumpOptions dumpOptions, Func<ProgramDump, string> write, params string[] verb)
    {
        ProgramSpec spec = VerifierFixture.Spec(text);
        ImmutableArray<ulong> slots = [.. spec.Instructions.Select(slot => slot.Bits)];
        using KernelProgram program = KernelProgram.TryLoad(slots.AsSpan(), KernelProgramType.SocketFilter).RequireProgram();
        string id = program.GetInfo().Id.ToString(CultureInfo.InvariantCulture);

        string expected = Run([.. options, "prog", "dump", "xlated", "id", id, .. verb]);
        Assert.Equal(LoadedOnly.Replace(expected, ""), LoadedOnly.Replace(write(ProgramDump.Of(spec, dumpOptions)), ""));
    }

    private static string Run(string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Bpftool, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
