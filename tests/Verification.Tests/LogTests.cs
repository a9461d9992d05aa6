using System.Text.RegularExpressions;
using Skep.Verification.Tests.Corpus;
using Skep.Verification.Tests.Docs;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Verification.Tests;

/// <summary>The log of a walk beside the kernel's own, level 2, of the same program.</summary>
public sealed partial class LogTests
{
    /// <summary>The mended programs of pages: packets, maps, spills, variable offsets, functions, references, locks.</summary>
    [Theory]
    [InlineData("SKEP3022")]
    [InlineData("SKEP3104")]
    [InlineData("SKEP3105")]
    [InlineData("SKEP3206")]
    [InlineData("SKEP3207")]
    [InlineData("SKEP3211")]
    [InlineData("SKEP3213")]
    [InlineData("SKEP3214")]
    [InlineData("SKEP3410")]
    public void It_is_the_kernels_line_by_line(string page)
    {
        Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);
        DocPage read = DocPage.Read(page);
        DocProgram program = read.Program(read.Find("ebpf accepted")!);
        using var log = new StringWriter();
        Assert.True(SkepSide.Verify(program, log).IsSuccess);
        Assert.Equal(Lines(CorpusFixture.AskKernelAtLength(program.Entry).Log), Lines(log.ToString()));
    }

    /// <summary>Instructions and states; what maps and ids are called is each side's own.</summary>
    private static string[] Lines(string log) =>
    [
        .. log.Split('\n').Where(line => Told().IsMatch(line))
            .Select(line => Map().Replace(Id().Replace(Address().Replace(Gap().Replace(line.TrimEnd(), " ;"), "= MAP"), "id=N"), "").TrimEnd(' ', ';')),
    ];

    [GeneratedRegex(@"^(func#|\s*\d+: |from |caller:|callee:|returning |to caller | frame\d|\sR\d|Func#|Validating )")]
    private static partial Regex Told();

    [GeneratedRegex(" +;")]
    private static partial Regex Gap();

    [GeneratedRegex(@"= (0xffff[0-9a-f]{12}|map\[id:\d+\](\[0\]\+\d+)?)")]
    private static partial Regex Address();

    [GeneratedRegex(@"\b(ref_obj_)?id=\d+|\brefs=[\d,]+")]
    private static partial Regex Id();

    [GeneratedRegex(@"\bmap=[\w.]+,")]
    private static partial Regex Map();
}
