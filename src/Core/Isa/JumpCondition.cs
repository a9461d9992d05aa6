namespace Skep.Isa;

/// <summary>The comparison of a conditional jump; unsigned unless the name says otherwise (RFC 9669, section 4.3).</summary>
public enum JumpCondition : byte
{
    None,
    Equal,
    GreaterThan,
    GreaterOrEqual,

    /// <summary>The bitwise and is not zero.</summary>
    AnyBitSet,
    NotEqual,
    SignedGreaterThan,
    SignedGreaterOrEqual,
    LessThan,
    LessOrEqual,
    SignedLessThan,
    SignedLessOrEqual,
}
