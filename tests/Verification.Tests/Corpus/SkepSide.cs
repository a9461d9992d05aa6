using System.Collections.Immutable;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Registries;
using Skep.Verification.Tests.Docs;

namespace Skep.Verification.Tests.Corpus;

/// <summary>The corpus' programs on Skep's verifier.</summary>
internal static class SkepSide
{
    private static readonly ImmutableDictionary<string, LoadedMap> Maps = TestMaps.Load(CorpusMaps.All);

    /// <summary>Findings of linking too, so that an unknown name is a verdict and no exception.</summary>
    internal static Result<VerifiedProgram> Verify(CorpusEntry entry) => Verify(new DocProgram(entry, Limits.Default, null, Proof.Full));

    /// <summary>A program of a page; time goes by a second at a look.</summary>
    /// <param name="log">Where the walk is written down; null for nowhere.</param>
    internal static Result<VerifiedProgram> Verify(DocProgram page, TextWriter? log = null)
    {
        CorpusEntry entry = page.Entry;
        CorpusProgram program = CorpusProgram.Assemble(entry);
        ProgramSpec spec = program.ToSpec(entry);
        Result<LinkedProgram> linked = new Linker(TestRegistry.Instance, Limits.Default with { MaxInstructions = int.MaxValue })
            .Link(spec with { Functions = page.Functions ?? spec.Functions }, TestProgramTypes.Find(entry.Type, entry.Flags.HasFlag(CorpusFlags.Strict), page.Proof), Maps);
        return linked.IsSuccess
            ? Verifier.Verify(linked.Value, page.Limits, entry.Policy, new VerifierDiagnostics { Log = log, Clock = page.Limits == Limits.Default ? TimeProvider.System : new SteppingClock() })
            : Result<VerifiedProgram>.Failure(linked.Findings);
    }

    /// <summary>The errors among the findings, as entries write them.</summary>
    internal static ImmutableArray<ExpectedFinding> Errors(Result<VerifiedProgram> result) =>
    [
        .. result.Findings
            .Where(finding => finding.Rule.Id != VerificationRules.MoreProblems.Id && finding.Severity == Severity.Error)
            .Select(finding => new ExpectedFinding(finding.Rule.Id, finding.Place.Slot?.Value)),
    ];

    /// <summary>So that what is said of time is the same on every machine.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ++_seconds;
    }
}
