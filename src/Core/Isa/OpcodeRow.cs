namespace Skep.Isa;

/// <summary>
/// All that is known of one operation. Decoder, encoder, printer, assembler and legality are driven by it, so that a
/// new operation is a new row.
/// </summary>
/// <param name="Mnemonic">Short name for messages and statistics; the immediate and register forms share it.</param>
/// <param name="Syntax">
/// The text of <c>kernel/bpf/disasm.c</c> with operands as <c>$</c> and a letter: <c>d</c> destination and <c>s</c>
/// source number, <c>o</c> byte displacement, <c>j</c> branch target, <c>i</c> decimal and <c>x</c> hexadecimal
/// immediate, <c>q</c> 64-bit immediate, <c>u</c> and <c>v</c> its low and high half, <c>p</c> its low half with a sign,
/// <c>h</c> helper, <c>f</c> named function, <c>l</c> local function.
/// </param>
public sealed record OpcodeRow(
    Operation Operation, byte Opcode, string Mnemonic, string Syntax, InstructionShape Shape, ConformanceGroup Group)
{
    private readonly RegisterUse _use = RegisterUseOf(Shape);

    public FieldRule Destination { get; init; }

    public FieldRule Source { get; init; }

    public FieldRule Offset { get; init; }

    public FieldRule Immediate { get; init; }

    /// <summary>The immediate of the second slot; means something for <see cref="InstructionShape.LoadWide"/> only.</summary>
    public FieldRule NextImmediate { get; init; }

    public AluOperator Alu { get; init; }

    public JumpCondition Condition { get; init; }

    public AtomicOperator Atomic { get; init; }

    /// <summary>
    /// Bits that are operated on, compared, loaded or stored: 8, 16, 32 or 64; 0 where that has no meaning. For
    /// <see cref="InstructionShape.MoveSigned"/> the bits of the source before they are extended.
    /// </summary>
    public int OperandBits { get; init; }

    /// <summary>The result is sign-extended: to 32 bits in <see cref="Operation.MoveSigned8To32"/> and its like, else to 64.</summary>
    public bool SignExtends { get; init; }

    /// <summary>Arithmetic that yields, or a comparison that looks at, all 64 bits; else the low 32, with the upper half of a result zero.</summary>
    public bool Is64Bit { get; init; }

    /// <summary>Bytes of memory that are read or written: 1, 2, 4 or 8; 0 for what accesses no memory of the program.</summary>
    public int AccessSize => IsLoad || IsStore ? OperandBits / 8 : 0;

    /// <summary>2 for a 64-bit immediate, else 1.</summary>
    public int Slots => Shape == InstructionShape.LoadWide ? 2 : 1;

    /// <summary>Has a target in <see cref="Instruction.Offset"/> that control may go to without coming back.</summary>
    public bool IsBranch => Shape is InstructionShape.Jump || IsConditional;

    /// <summary>May also fall through.</summary>
    public bool IsConditional =>
        Shape is InstructionShape.JumpImmediate or InstructionShape.JumpRegister or InstructionShape.MayGoto;

    public bool IsExit => Shape == InstructionShape.Exit;

    public bool IsCall => Shape == InstructionShape.Call;

    /// <summary>Control never reaches the next slot.</summary>
    public bool EndsFlow => Shape is InstructionShape.Jump or InstructionShape.Exit or InstructionShape.Invalid;

    /// <summary>Reads memory through a register, atomics included; the packet loads are not meant.</summary>
    public bool IsLoad => Shape is InstructionShape.Load or InstructionShape.LoadAcquire || IsReadModifyWrite;

    /// <summary>Writes memory through a register, atomics included.</summary>
    public bool IsStore =>
        Shape is InstructionShape.StoreImmediate or InstructionShape.StoreRegister or InstructionShape.StoreRelease
        || IsReadModifyWrite;

    /// <summary>Accesses memory as one indivisible step: acquire, release, and the read-modify-writes.</summary>
    public bool IsAtomic =>
        Shape is InstructionShape.LoadAcquire or InstructionShape.StoreRelease || IsReadModifyWrite;

    /// <summary>An atomic that both reads and writes memory.</summary>
    public bool IsReadModifyWrite =>
        Shape is InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange;

    /// <summary>The source field names a register.</summary>
    public bool UsesSourceRegister => Source.Use == FieldUse.Register;

    public bool ReadsDestination =>
        (_use & RegisterUse.ReadsDestination) != 0 && Alu != AluOperator.Move || Operation == Operation.CallRegister;

    public bool WritesDestination => (_use & RegisterUse.WritesDestination) != 0;

    public bool ReadsSource => UsesSourceRegister;

    /// <summary>The fetching atomics give their result in the source register.</summary>
    public bool WritesSource => Shape == InstructionShape.AtomicFetch;

    /// <summary>Registers that are read without being named; a call is taken to read all five arguments.</summary>
    public RegisterSet ImplicitReads => Shape switch
    {
        InstructionShape.Call => RegisterSet.Arguments,
        InstructionShape.LoadPacket => RegisterSet.Empty.With(Register.R6),
        InstructionShape.AtomicCompareExchange or InstructionShape.Exit => RegisterSet.Empty.With(Register.R0),
        _ => RegisterSet.Empty,
    };

    /// <summary>Registers that lose their value without being named.</summary>
    public RegisterSet ImplicitWrites => Shape switch
    {
        InstructionShape.Call or InstructionShape.LoadPacket => RegisterSet.CallerSaved,
        InstructionShape.AtomicCompareExchange => RegisterSet.Empty.With(Register.R0),
        _ => RegisterSet.Empty,
    };

    /// <summary>The rule of a field of this operation; the fields of a second slot other than its immediate are reserved.</summary>
    public FieldRule Rule(InstructionField field) => field switch
    {
        InstructionField.Opcode => FieldRule.Fixed(Opcode),
        InstructionField.Destination => Destination,
        InstructionField.Source => Source,
        InstructionField.Offset => Offset,
        InstructionField.Immediate => Immediate,
        InstructionField.NextImmediate => NextImmediate,
        _ => FieldRule.Reserved,
    };

    private static RegisterUse RegisterUseOf(InstructionShape shape) => shape switch
    {
        InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary =>
            RegisterUse.ReadsDestination | RegisterUse.WritesDestination,
        InstructionShape.MoveSigned or InstructionShape.LoadWide or InstructionShape.Load or InstructionShape.LoadAcquire =>
            RegisterUse.WritesDestination,
        InstructionShape.StoreImmediate or InstructionShape.StoreRegister or InstructionShape.StoreRelease
            or InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange
            or InstructionShape.JumpImmediate or InstructionShape.JumpRegister => RegisterUse.ReadsDestination,
        _ => RegisterUse.None,
    };

    [Flags]
    private enum RegisterUse : byte
    {
        None = 0,
        ReadsDestination = 1,
        WritesDestination = 2,
    }
}
