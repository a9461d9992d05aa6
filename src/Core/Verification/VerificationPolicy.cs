namespace Skep.Verification;

/// <summary>What the verifier lets pass beyond what Linux does.</summary>
public sealed record VerificationPolicy
{
    public static readonly VerificationPolicy Default = new();

    /// <summary>Whatever RFC 9669 allows, where Linux is stricter for reasons other than safety; for tests of the instruction set.</summary>
    public static readonly VerificationPolicy Rfc9669 = new() { AllowRegisterCalls = true, AllowPointlessConstants = true, AllowUnreachableInstructions = true };

    /// <summary>Calls of a helper whose number is in a register (<c>callx</c>), which cannot be proved and are checked while running.</summary>
    public bool AllowRegisterCalls { get; init; }

    /// <summary>Division and modulo by the constant 0, and shifts by a constant outside the operand's width: RFC 9669 defines them, Linux refuses them as mistakes.</summary>
    public bool AllowPointlessConstants { get; init; }

    /// <summary>Instructions that no path reaches: they never run and lowering drops them; Linux refuses them as mistakes.</summary>
    public bool AllowUnreachableInstructions { get; init; }
}
