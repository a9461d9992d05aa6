using Skep.Programs;

namespace Skep.Verification;

/// <summary>What becomes of loops that cannot be proved to end.</summary>
public enum LoopPolicy : byte
{
    /// <summary>The program is refused and the loop is shown.</summary>
    Refuse,

    /// <summary>They are accepted, and every engine counts fuel at them (<see cref="ProgramFacts.FuelSlots"/>).</summary>
    Fuel,
}

/// <summary>What the verifier proves, and what it lets pass beyond what Linux does.</summary>
public sealed record VerificationPolicy
{
    public static readonly VerificationPolicy Default = new();

    /// <summary>
    /// Whatever RFC 9669 allows, where Linux is stricter for reasons other than safety; for tests of the instruction set. Proves the structure only, so
    /// that programs run in the checked interpreter.
    /// </summary>
    public static readonly VerificationPolicy Rfc9669 = new()
    {
        Proof = Proof.Structure,
        AllowRegisterCalls = true,
        AllowPointlessConstants = true,
        AllowUnreachableInstructions = true,
    };

    /// <summary>How much is proved. With <see cref="Proof.Structure"/> the rest is checked while the program runs.</summary>
    public Proof Proof { get; init; } = Proof.Full;

    public LoopPolicy Loops { get; init; }

    /// <summary>Pointers may become numbers; null leaves it to the program type (<see cref="Contracts.ProgramTypeDescriptor.AllowsPointerLeaks"/>).</summary>
    public bool? AllowPointerLeaks { get; init; }

    /// <summary>
    /// Stack that nobody wrote may be read, as Linux allows to holders of CAP_PERFMON and as compilers do with padding; engines then clear the frame
    /// beforehand (<see cref="FunctionFacts.ReadsUnwrittenStack"/>), so that nothing is learnt from it.
    /// </summary>
    public bool AllowUninitializedStack { get; init; } = true;

    /// <summary>Every access must be naturally aligned, whatever the program type says (<c>BPF_F_STRICT_ALIGNMENT</c>).</summary>
    public bool StrictAlignment { get; init; }

    /// <summary>Calls of a helper whose number is in a register (<c>callx</c>), which cannot be proved and are checked while running.</summary>
    public bool AllowRegisterCalls { get; init; }

    /// <summary>Division and modulo by the constant 0, and shifts by a constant outside the operand's width: RFC 9669 defines them, Linux refuses them as mistakes.</summary>
    public bool AllowPointlessConstants { get; init; }

    /// <summary>Instructions that no path reaches: they never run and lowering drops them; Linux refuses them as mistakes.</summary>
    public bool AllowUnreachableInstructions { get; init; }

    /// <summary>
    /// States are compared in all they hold, not only in what was needed of them. Takes longer and accepts less; then each value of each run lies in what was
    /// found for its instruction, which tests look at.
    /// </summary>
    internal bool ComparesEverything { get; init; }
}
