using System.Collections.Immutable;
using Skep.Findings;
using Skep.Flow;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification.Facts;
using Skep.Verification.Structure;
using Skep.Verification.Walk;

namespace Skep.Verification;

/// <summary>
/// Decides whether a program may run: its structure first, then, unless the policy asks for no more, every path on abstract values. Pure apart from the clock that
/// <see cref="Limits.MaxVerificationTime"/> is measured by: the same input gives the same answer on any machine.
/// </summary>
public static class Verifier
{
    /// <param name="diagnostics">What else the caller wants to see; null for nothing.</param>
    /// <returns>The program with what was proved of it, or every problem of its structure (up to <see cref="Limits.MaxFindings"/>), or the first one of its paths.</returns>
    public static Result<VerifiedProgram> Verify(LinkedProgram program, Limits limits, VerificationPolicy policy, VerifierDiagnostics? diagnostics = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(policy);
        diagnostics ??= new VerifierDiagnostics();
        Result<StructuralProof> structure = VerifyStructure(program, limits, policy);
        if (!structure.IsSuccess)
        {
            return Result<VerifiedProgram>.Failure(structure.Findings);
        }

        return policy.Proof == Proof.Structure
            ? Result<VerifiedProgram>.Success(structure.Value.ToProgram())
            : VerifyPaths(structure.Value, diagnostics);
    }

    private static Result<StructuralProof> VerifyStructure(LinkedProgram program, Limits limits, VerificationPolicy policy)
    {
        var report = new StructureReport(program, limits.MaxFindings);
        if (!SizeCheck.Run(program, limits, report) || FunctionTable.Find(program, limits, report) is not { } functions)
        {
            return report.ToResult<StructuralProof>(null);
        }

        var input = new StructureInput(program, functions, limits, policy);
        bool isWellFormed = DecodeCheck.Run(input, report) & BranchCheck.Run(input, report);
        CheckInstructions(input, report);

        ControlFlowGraph flow = ControlFlowGraph.Build(program.Instructions, functions.Ranges);
        CallGraph calls = CallGraph.Build(program.Instructions, functions.Ranges, input.AddressTargets);
        ImmutableArray<int> stackBytes = FrameCheck.Run(input, report);
        CheckCallsBeforeWalk(input, calls, stackBytes, report);
        ImmutableArray<bool> reachable = ReachabilityCheck.Find(flow, calls);
        if (isWellFormed && !policy.AllowUnreachableInstructions)
        {
            ReachabilityCheck.Run(input, reachable, report);
        }

        ImmutableArray<ContextAccess> contextAccesses = isWellFormed ? ContextAccessFinder.Find(input, flow) : [];
        return report.ToResult(new StructuralProof(input, flow, calls, reachable, stackBytes, contextAccesses));
    }

    /// <summary>Which addresses are called later is known after the walk: until then all are taken for it where some helper does so.</summary>
    private static void CheckCallsBeforeWalk(StructureInput input, CallGraph calls, ImmutableArray<int> stackBytes, StructureReport report)
    {
        bool callsLater = input.Program.Helpers.Values.Any(helper => helper.Descriptor.Arguments.Any(argument => argument.Callback is { IsAsynchronous: true }));
        if (callsLater)
        {
            CallDepthCheck.Run(input, CallsWithout(input, _ => true), [.. Enumerable.Range(0, calls.FunctionCount)], stackBytes, report);
        }
        else
        {
            CallDepthCheck.Run(input, calls, [0], stackBytes, report);
        }
    }

    private static CallGraph CallsWithout(StructureInput input, Func<int, bool> isCalledLater) => CallGraph.Build(
        input.Instructions, input.Functions.Ranges, input.AddressTargets, function => !isCalledLater(function));

    private static void CheckInstructions(StructureInput input, StructureReport report)
    {
        CallTargetCheck.Run(input, report);
        FramePointerCheck.Run(input, report);
        ConstantOperandCheck.Run(input, report);
        HelperCheck.Run(input, report);
        ReferenceCheck.Run(input, report);
        PacketLoadCheck.Run(input, report);
    }

    private static Result<VerifiedProgram> VerifyPaths(StructuralProof structure, VerifierDiagnostics diagnostics)
    {
        StructureInput input = structure.Input;
        var walker = new ProgramWalker(new VerifierInput(input), diagnostics);
        bool isRight = walker.Walk(countsFuel: false);
        if (!isRight && input.Policy.Loops == LoopPolicy.Fuel && IsAboutLoops(walker.Failed!.Problem!.Rule))
        {
            isRight = walker.Walk(countsFuel: true);
        }

        walker.EndLog();
        diagnostics.Statistics = walker.Statistics;
        if (!isRight)
        {
            return Refuse(structure, ProblemFinding.Of(input.Program, walker.Failed!));
        }

        var program = new VerifiedProgram(input.Program, structure.Flow, walker.Facts.ToFacts(structure.Reachable) with { Statistics = walker.Statistics, LongestPath = walker.LongestPath });
        var report = new StructureReport(input.Program, input.Limits.MaxFindings);
        FactCollector facts = walker.Facts;
        CallGraph calls = facts.Asynchronous.Count == 0 ? structure.Calls : CallsWithout(input, facts.IsOnlyAsynchronous);
        int[] roots = [0, .. facts.Asynchronous.Select(callback => callback.Function).Distinct()];
        CallDepthCheck.Run(input, calls, roots, [.. facts.StackBytes], report);
        TailCallCheck.Run(input, calls, facts.StackBytes, report);
        Result<VerifiedProgram> result = report.ToResult(program);
        return result.IsSuccess ? Result<VerifiedProgram>.Success(program, FuelWarnings.Of(program)) : result;
    }

    /// <summary>Another round with fuel may get past it.</summary>
    private static bool IsAboutLoops(Rule rule)
        => rule == PathRules.EndlessLoop || rule == PathRules.TooManyVisited || rule == PathRules.TooManyStates || rule == PathRules.TooMuchMemory || rule == PathRules.TooManyBranches;

    /// <summary>Types that ask for no more than the structure get a warning instead.</summary>
    private static Result<VerifiedProgram> Refuse(StructuralProof structure, Finding finding)
    {
        LinkedProgram program = structure.Input.Program;
        if (program.ProgramType.Descriptor.RequiredProof == Proof.Full)
        {
            return Result<VerifiedProgram>.Failure(finding);
        }

        Finding warning = PathRules.NotProved.Warning(
            finding.Place, $"a program of type {program.ProgramType.Descriptor.Name} runs without full proof, in the checked interpreter; what is missing: {finding.Rule.Id}: {finding.Message}", finding.Remedy);
        return Result<VerifiedProgram>.Success(structure.ToProgram(), [warning with { Explanation = finding.Explanation }]);
    }
}
