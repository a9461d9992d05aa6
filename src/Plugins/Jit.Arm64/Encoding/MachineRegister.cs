namespace Skep.Jit.Arm64.Encoding;

/// <summary>General registers by number. Number 31 is the zero register in most places and the stack pointer in some: the form of the encoding says which.</summary>
internal enum MachineRegister : byte
{
    X0,
    X1,
    X2,
    X3,
    X4,
    X5,
    X6,
    X7,
    X8,
    X9,
    X10,
    X11,
    X12,
    X13,
    X14,
    X15,
    X16,
    X17,

    /// <summary>Belongs to the system on Windows and macOS: never used.</summary>
    Platform,
    X19,
    X20,
    X21,
    X22,
    X23,
    X24,
    X25,
    X26,
    X27,
    X28,
    FramePointer,
    Link,
    Zero,
    Stack = Zero,
}

/// <summary>Conditions by their code; the one of an even code and the next are opposites.</summary>
internal enum Condition : byte
{
    Equal,
    NotEqual,
    HigherOrSame,
    Lower,
    Negative,
    PositiveOrZero,
    Overflow,
    NoOverflow,
    Higher,
    LowerOrSame,
    GreaterOrEqual,
    Less,
    Greater,
    LessOrEqual,
}

internal enum Shift : byte
{
    Left,
    Right,
    RightArithmetic,
    Rotate,
}

/// <summary>How the last operand of an addition or of an address is widened, by its code.</summary>
internal enum Extension : byte
{
    Byte,
    Half,
    Word,
    Whole,
    SignedByte,
    SignedHalf,
    SignedWord,
    SignedWhole,
}
