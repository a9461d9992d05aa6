using System.Collections.Immutable;
using System.Globalization;
using Skep.Cli.Output;
using Skep.Programs;
using Skep.Programs.Dump;

namespace Skep.Cli.Verifying;

/// <summary>What verifying took and what was proved, for <c>--stats</c> and as JSON.</summary>
internal static class FactReport
{
    public static Report ForPeople(ProgramVerdict verdict)
    {
        VerificationStatistics statistics = verdict.Statistics;
        var parts = new List<ReportPart>
        {
            new ReportFields("", "verifying took",
            [
                new("", "visited instructions", Cell.Of(statistics.VisitedInstructions)),
                new("", "states", Cell.Of(string.Create(
                    CultureInfo.InvariantCulture, $"{statistics.TotalStates} kept, {statistics.PeakStates} at a time, {statistics.MostStatesAtOneInstruction} at one instruction"))),
                new("", "memory", Cell.Of(Kibibytes(statistics.PeakBytes))),
                new("", "time", Cell.Of(string.Create(CultureInfo.InvariantCulture, $"{statistics.Duration.TotalMilliseconds:0.0} ms"))),
            ]),
        };
        if (verdict.Facts is { Proof: Proof.Full } facts)
        {
            parts.Add(Proved(verdict, facts));
            parts.Add(Functions(verdict, facts, "stack"));
            if (DeadBranches(verdict, facts, "branches that go one way") is { Rows.IsEmpty: false } branches)
            {
                parts.Add(branches);
            }
        }

        return new Report([.. parts]);
    }

    public static ImmutableArray<ReportPart> ForTools(ProgramVerdict verdict, ProgramFacts facts) =>
    [
        new ReportFields("", "",
        [
            new("proof", null, Cell.Of(facts.Proof == Proof.Full ? "full" : "structure")),
            new("longest_path", null, facts.LongestPath is { } longest ? Cell.Of(longest) : Cell.None),
            new("context_bytes", null, Cell.Of(facts.RequiredContextSize)),
            new("never_reached", null, Cell.Of(NeverReached(facts))),
            new("never_null", null, Slots(facts.NeverNull)),
            new("fuel_insns", null, Slots(facts.FuelSlots)),
        ]),
        Functions(verdict, facts, ""),
        DeadBranches(verdict, facts, ""),
        new ReportTable(
            "constants", "", [new("insn", null), new("value", null)],
            [.. facts.Constants.OrderBy(constant => constant.Key).Select(constant => ImmutableArray.Create(Cell.Of(constant.Key), Cell.Of(constant.Value, "")))]),
    ];

    private static ReportFields Proved(ProgramVerdict verdict, ProgramFacts facts) => new("", "proved",
    [
        new("", "longest path", Cell.Of(facts.LongestPath is { } longest ? string.Create(CultureInfo.InvariantCulture, $"{longest} instructions") : "not bounded by the program itself, or not known")),
        new("", "context read", Cell.Of(facts.RequiredContextSize, " bytes")),
        new("", "instructions that never run", Cell.Of(NeverReached(facts))),
        new("", "operands that are constant", Cell.Of(facts.Constants.Count)),
        new("", "results that are never null", Cell.Of(facts.NeverNull.IsEmpty ? "none" : "insn " + string.Join(", ", facts.NeverNull))),
        new("", "loops that fuel bounds", Cell.Of(facts.FuelSlots.IsEmpty ? "none" : "insn " + string.Join(", ", facts.FuelSlots))),
    ]);

    private static ReportTable Functions(ProgramVerdict verdict, ProgramFacts facts, string title) => new(
        "functions",
        title,
        [new("name", "function"), new("insn", "insn"), new("length", "length"), new("stack_bytes", "bytes"), new("reads_unwritten_stack", "reads unwritten")],
        [
            .. facts.Functions.Select((function, index) => ImmutableArray.Create(
                Cell.Of(NameOf(verdict.Program, function)),
                Cell.Of(function.Start.Value),
                Cell.Of(function.Length),
                Cell.Of(function.StackBytes),
                Cell.Of(function.ReadsUnwrittenStack))),
        ]);

    private static ReportTable DeadBranches(ProgramVerdict verdict, ProgramFacts facts, string title)
    {
        var texts = ProgramDump.Of(verdict.Program, new DumpOptions { Plain = true }).Entries.ToDictionary(entry => entry.Slot.Value, entry => entry.Disassembly);
        return new ReportTable(
            "dead_branches",
            title,
            [new("insn", "insn"), new("outcome", "always"), new("instruction", "instruction"), new("source", "source")],
            [
                .. facts.Branches.Index().Where(branch => branch.Item is BranchOutcome.FallsThrough or BranchOutcome.Jumps).Select(branch => ImmutableArray.Create(
                    Cell.Of(branch.Index),
                    Cell.Of(branch.Item == BranchOutcome.Jumps ? "jumps" : "falls through"),
                    Cell.Of(texts[branch.Index]),
                    Cell.Of(SourceText(verdict.Program.LineAt(new SlotIndex(branch.Index)))))),
            ]);
    }

    private static string NameOf(ProgramSpec program, FunctionFacts function)
        => program.Functions.FirstOrDefault(candidate => candidate.Start == function.Start)?.Name ?? program.Name;

    private static string? SourceText(SourceLine? line)
        => line is null ? null : string.Create(CultureInfo.InvariantCulture, $"{line.File}:{line.Line}: {line.Text.Trim()}");

    private static int NeverReached(ProgramFacts facts) => facts.Visited.Count(visited => !visited);

    private static Cell Slots(ImmutableArray<SlotIndex> slots) => new("", json =>
    {
        json.WriteStartArray();
        foreach (SlotIndex slot in slots)
        {
            json.WriteNumberValue(slot.Value);
        }

        json.WriteEndArray();
    });

    private static string Kibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB");
}
