using Skep.Findings;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Cli.Verifying;

/// <summary>What the verifier said of one program.</summary>
/// <param name="ProgramType">Null where no plugin offers one for its section.</param>
/// <param name="Log">Null where it was not asked for, or is written already.</param>
internal sealed record ProgramVerdict(ProgramSpec Program, string? ProgramType, Result<VerifiedProgram> Result, VerificationStatistics Statistics, string? Log)
{
    public bool IsAccepted => Result.IsSuccess;

    /// <summary>Null for what is refused.</summary>
    public ProgramFacts? Facts => Result.Value?.Facts;

    /// <summary>It may run, in the checked interpreter: its type asks for no more.</summary>
    public bool IsUnproved => Facts?.Proof == Proof.Structure;

    /// <summary>As people count them: a 64-bit immediate is one.</summary>
    public int Instructions => InstructionDecoder.Decode(Program.Instructions.AsSpan()).Count(instruction => instruction.Operation != Operation.Continuation);
}
