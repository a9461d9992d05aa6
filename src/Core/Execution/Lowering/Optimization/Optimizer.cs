using Skep.Execution.Lowering.Inlining;
using Skep.Execution.Lowering.Validation;
using Skep.Programs;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>
/// Makes a lowered program do the same in fewer instructions: with what the verifier proved and with what can be seen in the code itself. Every engine
/// gains, since it is still bytecode.
/// </summary>
/// <remarks>
/// What stays: the order of all that is written to memory and of all calls, at which slots of the spec fuel is paid and how often, and the size of the frames.
/// Time and memory are linear in the slots.
/// </remarks>
internal static class Optimizer
{
    private const int MostRounds = 3;

    /// <param name="program">Proved wholly.</param>
    /// <param name="inlining">Which calls become instructions first.</param>
    /// <returns>The program without the rest when what came out of the passes could not be seen to be right.</returns>
    public static LoweredProgram Optimize(LoweredProgram program, InliningChoice inlining = InliningChoice.None)
    {
        program = Inliner.Expand(program, inlining);
        LoweredProgram optimized = Draft(program).ToProgram(out int[] origins);
        return TranslationCheck.FindProblem(program, optimized, origins) is null ? optimized : program;
    }

    /// <summary>The passes alone.</summary>
    public static Draft Draft(LoweredProgram program)
    {
        Draft draft = Optimization.Draft.Of(program);
        ProvedFlow.Run(draft);
        ProvedConstants.Run(draft);
        Reachability.Run(draft);
        ShiftPairs.Run(draft);
        for (int round = 0; round < MostRounds && ValuePropagation.Run(draft); round++)
        {
            // Where a branch went, more may be known behind it.
            Reachability.Run(draft);
        }

        ByteLoads.Run(draft);
        if (DeadDefinitions.Run(draft))
        {
            // What lost its extension is a copy now.
            ValuePropagation.Run(draft);
            DeadDefinitions.Run(draft);
        }

        JumpThreading.Run(draft);
        Reachability.Run(draft);
        return draft;
    }
}
