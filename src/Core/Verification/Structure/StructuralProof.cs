using System.Collections.Immutable;
using Skep.Flow;
using Skep.Programs;

namespace Skep.Verification.Structure;

/// <summary>A program whose structure is right, and what was found on the way.</summary>
internal sealed record StructuralProof(StructureInput Input, ControlFlowGraph Flow, CallGraph Calls, ImmutableArray<bool> Reachable, ImmutableArray<int> StackBytes,
    ImmutableArray<ContextAccess> ContextAccesses)
{
    /// <summary>Accepted with no more than that.</summary>
    public VerifiedProgram ToProgram() => new(Input.Program, Flow, new ProgramFacts
    {
        Proof = Proof.Structure,
        Reachable = Reachable,
        ContextAccesses = ContextAccesses,
        Functions =
        [
            .. Input.Functions.Ranges.Zip(StackBytes, (range, bytes) => new FunctionFacts(range.Start, range.Length, bytes) { ReadsUnwrittenStack = true }),
        ],
    });
}
