namespace Skep.Isa;

/// <summary>
/// What an operation looks like to a consumer: which operands it has and what becomes of them. The row's operator,
/// width and access size say the rest.
/// </summary>
public enum InstructionShape : byte
{
    /// <summary>Must never be executed.</summary>
    Invalid,

    /// <summary>Second slot of <see cref="LoadWide"/>.</summary>
    Continuation,

    /// <summary>destination = destination operator immediate (a move has no left operand).</summary>
    AluImmediate,

    /// <summary>destination = destination operator source (a move has no left operand).</summary>
    AluRegister,

    /// <summary>destination = operator destination: negation and byte order.</summary>
    AluUnary,

    /// <summary>destination = the low <see cref="OpcodeRow.OperandBits"/> of source, sign-extended.</summary>
    MoveSigned,

    /// <summary>destination = 64-bit immediate or what it stands for; takes two slots.</summary>
    LoadWide,

    /// <summary>R0 = packet[immediate (+ source)] in network byte order; R6 is the context; clobbers R1 to R5.</summary>
    LoadPacket,

    /// <summary>destination = memory[source + offset].</summary>
    Load,

    /// <summary>memory[destination + offset] = immediate.</summary>
    StoreImmediate,

    /// <summary>memory[destination + offset] = source.</summary>
    StoreRegister,

    /// <summary>memory[destination + offset] = itself operator source, atomically.</summary>
    AtomicUpdate,

    /// <summary>As <see cref="AtomicUpdate"/>, and source = the value before.</summary>
    AtomicFetch,

    /// <summary>memory[destination + offset] becomes source if it equals R0; R0 = the value before.</summary>
    AtomicCompareExchange,

    /// <summary>destination = memory[source + offset], with acquire order.</summary>
    LoadAcquire,

    /// <summary>memory[destination + offset] = source, with release order.</summary>
    StoreRelease,

    /// <summary>Always goes to the target.</summary>
    Jump,

    /// <summary>Goes to the target if destination condition immediate.</summary>
    JumpImmediate,

    /// <summary>Goes to the target if destination condition source.</summary>
    JumpRegister,

    /// <summary>Goes to the target if the runtime's iteration budget is spent, else falls through.</summary>
    MayGoto,

    /// <summary>R0 = callee(R1 to R5); the operation says how the callee is named.</summary>
    Call,

    /// <summary>Returns R0.</summary>
    Exit,
}
