namespace Skep.Isa;

/// <summary>The arithmetic of an operation, without its width and its kind of operand (RFC 9669, sections 4.1, 4.2).</summary>
public enum AluOperator : byte
{
    None,
    Add,
    Subtract,
    Multiply,

    /// <summary>Unsigned; 0 when the divisor is 0.</summary>
    Divide,

    /// <summary>Rounds toward zero; 0 when the divisor is 0; the least number divided by -1 is itself.</summary>
    SignedDivide,
    Or,
    And,

    /// <summary>The shifts use the low 6 bits (5 at 32 bits) of the count.</summary>
    ShiftLeft,
    ShiftRight,

    /// <summary>Unsigned; the dividend when the divisor is 0.</summary>
    Modulo,

    /// <summary>Has the sign of the dividend, which it is when the divisor is 0.</summary>
    SignedModulo,
    ExclusiveOr,
    Move,
    ShiftRightArithmetic,
    Negate,
    MoveSigned,
    LittleEndian,
    BigEndian,
    SwapBytes,
}
