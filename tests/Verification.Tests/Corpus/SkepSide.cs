using System.Collections.Immutable;
using Skep.Btf;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.Verification.Tests.Registries;

namespace Skep.Verification.Tests.Corpus;

/// <summary>The corpus' programs on Skep's verifier.</summary>
internal static class SkepSide
{
    private static readonly ImmutableDictionary<string, LoadedMap> Maps = TestMaps.Load(CorpusMaps.All);

    /// <summary>Findings of linking too, so that an unknown name is a verdict and no exception.</summary>
    internal static Result<VerifiedProgram> Verify(CorpusEntry entry)
    {
        CorpusProgram program = CorpusProgram.Assemble(entry);
        Result<LinkedProgram> linked = new Linker(TestRegistry.Instance, Limits.Default with { MaxInstructions = int.MaxValue })
            .Link(Spec(entry, program), TestProgramTypes.Find(entry.Type, entry.Flags.HasFlag(CorpusFlags.Strict)), Maps);
        return linked.IsSuccess
            ? Verifier.Verify(linked.Value, Limits.Default, Policy(entry))
            : Result<VerifiedProgram>.Failure(linked.Findings);
    }

    /// <summary>What the entry's flags ask for.</summary>
    internal static VerificationPolicy Policy(CorpusEntry entry)
    {
        bool isUnprivileged = entry.Flags.HasFlag(CorpusFlags.Unprivileged);
        return new VerificationPolicy
        {
            AllowPointerLeaks = !isUnprivileged,
            AllowUninitializedStack = !isUnprivileged,
            Loops = entry.Flags.HasFlag(CorpusFlags.Fuel) ? LoopPolicy.Fuel : LoopPolicy.Refuse,
        };
    }

    /// <summary>The errors among the findings, as entries write them.</summary>
    internal static ImmutableArray<ExpectedFinding> Errors(Result<VerifiedProgram> result) =>
    [
        .. result.Findings
            .Where(finding => finding.Rule.Id != VerificationRules.MoreProblems.Id && finding.Severity == Severity.Error)
            .Select(finding => new ExpectedFinding(finding.Rule.Id, finding.Place.Slot?.Value)),
    ];

    internal static ProgramSpec Spec(CorpusEntry entry, CorpusProgram program)
    {
        BtfTypeId[] types = [];
        BtfGraph? graph = program.Functions.IsEmpty ? null : FunctionTypes.Build(program, out types);
        return new ProgramSpec
        {
            Name = "main",
            ObjectName = entry.Family,
            Section = entry.Type,
            License = entry.License,
            Instructions = program.Slots,
            References = program.References,
            Btf = graph,
            Functions =
            [
                .. program.Functions.Zip(types, (function, type) => new FunctionSpec(
                    function.Signature.Name, new SlotIndex(function.Start), function.Length, function.Signature.Linkage, type)),
            ],
        };
    }
}
