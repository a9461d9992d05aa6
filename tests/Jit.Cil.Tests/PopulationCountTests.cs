using System.Numerics;
using Skep.Core.Tests.Execution;
using Skep.Jit.Cil.Analysis;
using Skep.Jit.Cil.Code;
using Skep.Programs;

namespace Skep.Jit.Cil.Tests;

/// <summary>The sums in parallel that clang makes of <c>__builtin_popcount</c>, and what only looks like them.</summary>
public sealed class PopulationCountTests
{
    private const string Wide = """
        r3 = *(u64 *)(r1 +0)
        r2 = r3
        r2 >>= 1
        r4 = 0x5555555555555555
        r2 &= r4
        r3 -= r2
        r2 = r3
        r4 = 0x3333333333333333
        r2 &= r4
        r3 >>= 2
        r3 &= r4
        r2 += r3
        r3 = r2
        r3 >>= 4
        r2 += r3
        r4 = 0xf0f0f0f0f0f0f0f
        r2 &= r4
        r4 = 0x101010101010101
        r2 *= r4
        r2 >>= 56
        r0 = r2
        exit
        """;

    private const string Narrow = """
        r0 = *(u64 *)(r1 +0)
        w2 = w0
        w2 >>= 1
        w2 &= 1431655765
        w0 -= w2
        w2 = w0
        w2 &= 858993459
        w0 >>= 2
        w0 &= 858993459
        w0 += w2
        w2 = w0
        w2 >>= 4
        w0 += w2
        w0 &= 252645135
        w0 *= 16843009
        w0 >>= 24
        exit
        """;

    public static TheoryData<string, string, string> Lookalikes => new(
        (Wide, "r2 >>= 1\n", "r2 >>= 2\n"), (Wide, "0x5555555555555555", "0x5555555555555545"), (Wide, "r3 -= r2", "r3 += r2"), (Wide, "r3 >>= 2", "r3 >>= 3"),
        (Wide, "r2 >>= 56", "r2 >>= 57"), (Wide, "r3 >>= 4", "r3 >>= 5"), (Wide, "r2 *= r4", "r2 += r4"), (Wide, "r2 = r3\nr4 = 0x33", "r2 = *(u64 *)(r1 +8)\nr4 = 0x33"),
        (Narrow, "w2 &= 1431655765", "w2 &= 1431655764"), (Narrow, "w0 *= 16843009", "w0 *= 16843008"), (Narrow, "w0 >>= 24", "w0 >>= 23"), (Narrow, "w2 >>= 4", "r2 >>= 4"));

    [Fact]
    public void Bits_are_counted()
    {
        Assert.Equal(1, Found(Wide));
        Assert.Equal(1, Found(Narrow));
        using LoadedProgram wide = TestProgram.From(Wide).LoadCil();
        using LoadedProgram narrow = TestProgram.From(Narrow).LoadCil();
        foreach (ulong value in CilRun.Values)
        {
            Assert.Equal((ulong)BitOperations.PopCount(value), CilRun.Run(wide, [value, 0]).Value);
            Assert.Equal((ulong)BitOperations.PopCount((uint)value), CilRun.Run(narrow, [value, 0]).Value);
        }
    }

    [Theory]
    [MemberData(nameof(Lookalikes))]
    public void What_only_looks_like_it_is_what_it_is(string text, string part, string other)
    {
        string lookalike = text.Replace("\r", "", StringComparison.Ordinal).Replace(part, other, StringComparison.Ordinal);
        Assert.NotEqual(text, lookalike);
        Assert.Equal(0, Found(lookalike));
        foreach (ulong value in CilRun.Values)
        {
            CilRun.Compare(TestProgram.From(lookalike), value, 0x0123_4567_89ab_cdef);
        }
    }

    private static int Found(string text)
    {
        LoweredProgram program = TestProgram.From(text).Proved().Lower();
        MethodCode code = Flattener.Flatten(program, new CallPlan(program), program.Functions[0]);
        var analysis = MethodAnalysis.Of(code, new Operands(code, _ => 0));
        return Enumerable.Range(0, code.Steps.Count).Count(step => analysis.PopulationCounts!.Counted(step) >= 0);
    }
}
