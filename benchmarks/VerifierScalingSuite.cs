using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Registries;
using Skep.Verification;

namespace Skep.Benchmarks;

/// <summary>What a visited instruction costs in programs of one shape and growing size: linear where the columns stay level.</summary>
internal static class VerifierScalingSuite
{
    public static readonly Suite Suite = new("verifier-scaling", "generated programs of 1,000 to 1,000,000 visited instructions", Run);

    private static readonly Limits Wide = Limits.Default with { MaxInstructions = 2_000_000, MaxVisitedInstructions = 2_000_000, MaxPendingBranches = 1_000_000, MaxVerifierStates = 1_000_000, MaxVerificationTime = TimeSpan.FromMinutes(2) };

    private static readonly (string Name, Func<int, string> Make)[] Shapes =
    [
        ("arithmetic, unrolled", Unrolled),
        ("diamonds that join", Diamonds),
        ("spills and fills, unrolled", Spills),
        ("one loop", Loop),
        ("loop in a loop", NestedLoop),
        ("calls of one function", Calls),
        ("calls of 255 functions", Functions),
    ];

    private static void Run(Harness harness, TextWriter output)
    {
        int[] sizes = harness == Harness.Quick ? [1_000, 10_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];
        var rows = new List<string[]>();
        foreach ((string name, Func<int, string> make) in Shapes)
        {
            foreach (int size in sizes)
            {
                rows.Add(Measure(name, make(size), harness));
            }
        }

        Table.Write(output, ["program", "instructions", "visited", "ms", "ns a visited", "best", "states", "state bytes a visited", "bytes allocated a visited"], rows);
    }

    private static string[] Measure(string name, string text, Harness harness)
    {
        LinkedProgram program = Link(text);
        var diagnostics = new VerifierDiagnostics();
        Verifier.Verify(program, Wide, VerificationPolicy.Default, diagnostics).GetOrThrow();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Verifier.Verify(program, Wide, VerificationPolicy.Default, diagnostics);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        int visited = diagnostics.Statistics.VisitedInstructions;
        Harness few = harness with { Rounds = Math.Clamp(2_000_000 / visited, 3, 25), WarmUp = TimeSpan.FromMilliseconds(visited > 100_000 ? 0 : 300) };
        Measurement time = few.Measure(() => Verifier.Verify(program, Wide, VerificationPolicy.Default, diagnostics));
        return
        [
            name, Number(program.Instructions.Length), Number(visited), Number(time.Median / 1e6, "F2"), Number(time.Median / visited), Number(time.Best / visited), Number(diagnostics.Statistics.TotalStates),
            Number((double)diagnostics.Statistics.PeakBytes / visited), Number((double)allocated / visited),
        ];
    }

    private static LinkedProgram Link(string text)
    {
        AssemblerResult assembled = Assembler.Assemble(text);
        if (assembled.Errors is [var first, ..])
        {
            throw new FormatException(first.ToString());
        }

        var spec = new ProgramSpec { Name = "main", License = "GPL", Instructions = [.. InstructionEncoder.Encode(assembled.Instructions.AsSpan())] };
        return new Linker(TestRegistry.Instance, Wide).Link(spec, TestProgramTypes.Find("socket_filter"), ImmutableDictionary<string, LoadedMap>.Empty).GetOrThrow();
    }

    private static string Number(double value, string format = "F0") => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Unrolled(int visited)
    {
        var text = new StringBuilder("r0 = *(u32 *)(r1 +0)\nr2 = r0\n");
        for (int i = 3; i < visited - 4; i += 4)
        {
            text.AppendLine("r2 += r0").AppendLine("r2 &= 255").AppendLine("r3 = r2").AppendLine("r3 <<= 3");
        }

        return text.AppendLine("r0 = 0").AppendLine("exit").ToString();
    }

    /// <summary>Each way does something else to a value that nothing is decided by later.</summary>
    private static string Diamonds(int visited)
    {
        var text = new StringBuilder("r6 = r1\nr7 = 0\n");
        for (int i = 0; i * 8 < visited; i++)
        {
            text.AppendLine("r2 = *(u32 *)(r6 +0)").AppendLine(CultureInfo.InvariantCulture, $"if r2 > {i % 1000} goto more{i}").AppendLine("r7 += 1")
                .AppendLine(CultureInfo.InvariantCulture, $"goto join{i}").AppendLine(CultureInfo.InvariantCulture, $"more{i}:").AppendLine("r7 += 2")
                .AppendLine(CultureInfo.InvariantCulture, $"join{i}:").AppendLine("r3 = r7").AppendLine("r3 += 1");
        }

        return text.AppendLine("r0 = 0").AppendLine("exit").ToString();
    }

    private static string Spills(int visited)
    {
        var text = new StringBuilder("r2 = *(u32 *)(r1 +0)\n");
        for (int i = 0; i * 4 < visited; i++)
        {
            int offset = 8 * (1 + (i % 32));
            text.AppendLine(CultureInfo.InvariantCulture, $"*(u64 *)(r10 -{offset}) = r2").AppendLine(CultureInfo.InvariantCulture, $"r3 = *(u64 *)(r10 -{offset})")
                .AppendLine("r3 += 7").AppendLine("r2 += 1");
        }

        return text.AppendLine("r0 = 0").AppendLine("exit").ToString();
    }

    private static string Loop(int visited) => $"""
        r6 = r1
        r7 = 0
        again:
        r2 = *(u32 *)(r6 +0)
        r2 &= 15
        r7 += 1
        if r7 < {visited / 4} goto again
        r0 = 0
        exit
        """;

    private static string NestedLoop(int visited) => $"""
        r6 = r1
        r7 = 0
        outer:
        r8 = 0
        inner:
        r2 = *(u32 *)(r6 +0)
        r8 += 1
        if r8 < 10 goto inner
        r7 += 1
        if r7 < {Math.Max(visited / 33, 1)} goto outer
        r0 = 0
        exit
        """;

    private static string Calls(int visited)
    {
        var text = new StringBuilder();
        for (int i = 0; i * 6 < visited; i++)
        {
            text.AppendLine("r1 = 1").AppendLine("call one");
        }

        return text.AppendLine("r0 = 0").AppendLine("exit").AppendLine("one:").AppendLine("r0 = r1").AppendLine("r0 += 1").AppendLine("r0 &= 7").AppendLine("exit").ToString();
    }

    private static string Functions(int visited)
    {
        int functions = Math.Min(Limits.Default.MaxFunctions - 1, visited / 6);
        var text = new StringBuilder();
        for (int i = 0; i * 6 < visited; i++)
        {
            text.AppendLine("r1 = 1").AppendLine(CultureInfo.InvariantCulture, $"call f{i % functions}");
        }

        text.AppendLine("r0 = 0").AppendLine("exit");
        for (int i = 0; i < functions; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"f{i}:").AppendLine("r0 = r1").AppendLine("r0 += 1").AppendLine("r0 &= 7").AppendLine("exit");
        }

        return text.ToString();
    }
}
