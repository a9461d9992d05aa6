using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Verification;

/// <summary>What the verifier lets pass beyond what Linux does.</summary>
public sealed record VerificationPolicy
{
    public static readonly VerificationPolicy Default = new();

    /// <summary>Calls of a helper whose number is in a register (<c>callx</c>), which cannot be proved and are checked while running.</summary>
    public bool AllowRegisterCalls { get; init; }
}

/// <summary>Decides whether a program may run. Pure: the same input gives the same answer on any machine.</summary>
public static class Verifier
{
    public static Result<VerifiedProgram> Verify(LinkedProgram program, Limits limits, VerificationPolicy policy)
        => throw new NotImplementedException();
}
