using System.Collections.Immutable;
using Skep.Findings;
using Skep.Flow;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification.Structure;

namespace Skep.Verification;

/// <summary>Decides whether a program may run. Pure: the same input gives the same answer on any machine, in time linear in the program's slots.</summary>
public static class Verifier
{
    /// <returns>The program with what was proved of it, or every problem (up to <see cref="Limits.MaxFindings"/>) in the order of the slots.</returns>
    public static Result<VerifiedProgram> Verify(LinkedProgram program, Limits limits, VerificationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(policy);
        var report = new StructureReport(program, limits.MaxFindings);
        if (!SizeCheck.Run(program, limits, report) || FunctionTable.Find(program, limits, report) is not { } functions)
        {
            return report.ToResult<VerifiedProgram>(null);
        }

        var input = new StructureInput(program, functions, limits, policy);
        bool isWellFormed = DecodeCheck.Run(input, report) & BranchCheck.Run(input, report);
        CheckInstructions(input, report);

        ControlFlowGraph flow = ControlFlowGraph.Build(program.Instructions, functions.Ranges);
        CallGraph calls = CallGraph.Build(program.Instructions, functions.Ranges, input.AddressTargets);
        ImmutableArray<int> stackBytes = FrameCheck.Run(input, report);
        CallDepthCheck.Run(input, calls, stackBytes, report);
        ImmutableArray<bool> reachable = ReachabilityCheck.Find(flow, calls);
        if (isWellFormed && !policy.AllowUnreachableInstructions)
        {
            ReachabilityCheck.Run(input, reachable, report);
        }

        return report.ToResult(new VerifiedProgram(program, flow, Facts(functions, reachable, stackBytes, isWellFormed ? ContextAccessFinder.Find(input, flow) : [])));
    }

    private static void CheckInstructions(StructureInput input, StructureReport report)
    {
        CallTargetCheck.Run(input, report);
        FramePointerCheck.Run(input, report);
        ConstantOperandCheck.Run(input, report);
        HelperCheck.Run(input, report);
        ReferenceCheck.Run(input, report);
        PacketLoadCheck.Run(input, report);
    }

    private static ProgramFacts Facts(FunctionTable functions, ImmutableArray<bool> reachable, ImmutableArray<int> stackBytes, ImmutableArray<ContextAccess> contextAccesses) => new()
    {
        Proof = Proof.Structure,
        Reachable = reachable,
        ContextAccesses = contextAccesses,
        Functions = [.. functions.Ranges.Zip(stackBytes, (range, bytes) => new FunctionFacts(range.Start, range.Length, bytes))],
    };
}
