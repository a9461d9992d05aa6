namespace Skep.Jit.Code;

/// <summary>
/// What a processor's branches look like. A branch has a long form that reaches everything and may have a short one; which of them it gets is decided when all
/// distances are known. A value type, so that the calls of <see cref="CodeBuffer"/> are direct.
/// </summary>
public interface IBranchForms
{
    /// <summary>Bytes of the branch.</summary>
    /// <param name="branch">What the emitter gave to <see cref="CodeBuffer.Branch"/>: the kind of branch, its condition, the registers that it looks at.</param>
    static abstract int Size(uint branch, bool isShort);

    /// <param name="distance">Bytes from the first byte of the branch to its target, at most in both directions.</param>
    /// <param name="isForward">The target lies behind the branch; then <paramref name="distance"/> still counts the branch in its long form.</param>
    static abstract bool FitsShort(uint branch, long distance, bool isForward);

    /// <param name="place">Exactly <see cref="Size"/> bytes.</param>
    /// <param name="distance">Bytes from the first byte of the branch to its target.</param>
    static abstract void Write(Span<byte> place, uint branch, bool isShort, long distance);

    /// <summary>Fills the gap before an aligned place with instructions that do nothing.</summary>
    static abstract void Pad(Span<byte> gap);
}
