namespace Skep.Isa;

/// <summary>One function a shape: which fields are operands, which are reserved, and how wide the operation is.</summary>
internal static class OpcodeRowShapes
{
    internal const byte WideOpcode = 0x18;
    private const byte CallOpcode = 0x85;
    private const int LoadAcquireImmediate = 0x100;
    private const int StoreReleaseImmediate = 0x110;

    internal static OpcodeRow Pseudo(Operation operation, string mnemonic, InstructionShape shape) =>
        new(operation, 0, mnemonic, mnemonic + " $q", shape, ConformanceGroup.Base32);

    internal static OpcodeRow Wide(
        Operation operation, string mnemonic, string syntax, int source, bool usesSecondSlot = false) =>
        new(operation, WideOpcode, mnemonic, syntax, InstructionShape.LoadWide, ConformanceGroup.Base64)
        {
            Destination = FieldRule.Register,
            Source = FieldRule.Fixed(source),
            Immediate = FieldRule.Operand,
            NextImmediate = usesSecondSlot ? FieldRule.Operand : FieldRule.Reserved,
            OperandBits = 64,
            Is64Bit = true,
        };

    internal static OpcodeRow AluImmediate(
        Operation operation, byte opcode, string mnemonic, string syntax, AluOperator alu, ConformanceGroup group, int offset = 0) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.AluImmediate, group)
        {
            Destination = FieldRule.Register,
            Offset = FieldRule.Fixed(offset),
            Immediate = FieldRule.Operand,
            Alu = alu,
            OperandBits = AluBits(opcode),
            Is64Bit = AluBits(opcode) == 64,
        };

    internal static OpcodeRow AluRegister(
        Operation operation, byte opcode, string mnemonic, string syntax, AluOperator alu, ConformanceGroup group, int offset = 0) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.AluRegister, group)
        {
            Destination = FieldRule.Register,
            Source = FieldRule.Register,
            Offset = FieldRule.Fixed(offset),
            Alu = alu,
            OperandBits = AluBits(opcode),
            Is64Bit = AluBits(opcode) == 64,
        };

    internal static OpcodeRow Negate(Operation operation, byte opcode, string mnemonic, string syntax, ConformanceGroup group) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.AluUnary, group)
        {
            Destination = FieldRule.Register,
            Alu = AluOperator.Negate,
            OperandBits = AluBits(opcode),
            Is64Bit = AluBits(opcode) == 64,
        };

    internal static OpcodeRow MoveSigned(
        Operation operation, byte opcode, string mnemonic, string syntax, int bits, ConformanceGroup group) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.MoveSigned, group)
        {
            Destination = FieldRule.Register,
            Source = FieldRule.Register,
            Offset = FieldRule.Fixed(bits),
            Alu = AluOperator.MoveSigned,
            OperandBits = bits,
            SignExtends = true,
            Is64Bit = AluBits(opcode) == 64,
        };

    internal static OpcodeRow ByteOrder(
        Operation operation, byte opcode, string mnemonic, string syntax, AluOperator alu, int bits, ConformanceGroup group) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.AluUnary, group)
        {
            Destination = FieldRule.Register,
            Immediate = FieldRule.Fixed(bits),
            Alu = alu,
            OperandBits = bits,
            Is64Bit = bits == 64,
        };

    internal static OpcodeRow Load(
        Operation operation, byte opcode, string mnemonic, string syntax, int bits, ConformanceGroup group, bool signed = false) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.Load, group)
        {
            Destination = FieldRule.Register,
            Source = FieldRule.Register,
            Offset = FieldRule.Operand,
            OperandBits = bits,
            SignExtends = signed,
            Is64Bit = signed || bits == 64,
        };

    internal static OpcodeRow StoreImmediate(
        Operation operation, byte opcode, string mnemonic, string syntax, int bits, ConformanceGroup group) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.StoreImmediate, group)
        {
            Destination = FieldRule.Register,
            Offset = FieldRule.Operand,
            Immediate = FieldRule.Operand,
            OperandBits = bits,
            Is64Bit = bits == 64,
        };

    internal static OpcodeRow StoreRegister(
        Operation operation, byte opcode, string mnemonic, string syntax, int bits, ConformanceGroup group) =>
        RegisterAccess(operation, opcode, mnemonic, syntax, InstructionShape.StoreRegister, 0, bits, group);

    internal static OpcodeRow LoadPacketAbsolute(Operation operation, byte opcode, string mnemonic, string syntax, int bits) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.LoadPacket, ConformanceGroup.Packet)
        {
            Immediate = FieldRule.Operand,
            OperandBits = bits,
        };

    internal static OpcodeRow LoadPacketIndirect(Operation operation, byte opcode, string mnemonic, string syntax, int bits) =>
        LoadPacketAbsolute(operation, opcode, mnemonic, syntax, bits) with { Source = FieldRule.Register };

    internal static OpcodeRow AtomicUpdate(
        Operation operation, byte opcode, string mnemonic, string syntax, AtomicOperator atomic, int code, int bits, ConformanceGroup group) =>
        RegisterAccess(operation, opcode, mnemonic, syntax, InstructionShape.AtomicUpdate, code, bits, group) with { Atomic = atomic };

    internal static OpcodeRow AtomicFetch(
        Operation operation, byte opcode, string mnemonic, string syntax, AtomicOperator atomic, int code, int bits, ConformanceGroup group) =>
        RegisterAccess(operation, opcode, mnemonic, syntax, InstructionShape.AtomicFetch, code, bits, group) with { Atomic = atomic };

    internal static OpcodeRow AtomicCompareExchange(
        Operation operation, byte opcode, string mnemonic, string syntax, int code, int bits, ConformanceGroup group) =>
        RegisterAccess(operation, opcode, mnemonic, syntax, InstructionShape.AtomicCompareExchange, code, bits, group)
            with
        { Atomic = AtomicOperator.CompareExchange };

    internal static OpcodeRow LoadAcquire(Operation operation, byte opcode, string mnemonic, string syntax, int bits) =>
        RegisterAccess(operation, opcode, mnemonic, syntax, InstructionShape.LoadAcquire, LoadAcquireImmediate, bits, ConformanceGroup.Linux);

    internal static OpcodeRow StoreRelease(Operation operation, byte opcode, string mnemonic, string syntax, int bits) =>
        RegisterAccess(operation, opcode, mnemonic, syntax, InstructionShape.StoreRelease, StoreReleaseImmediate, bits, ConformanceGroup.Linux);

    internal static OpcodeRow Jump(Operation operation, byte opcode, string mnemonic, string syntax) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.Jump, ConformanceGroup.Base32) { Offset = FieldRule.Branch };

    internal static OpcodeRow JumpLong(Operation operation, byte opcode, string mnemonic, string syntax) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.Jump, ConformanceGroup.Base32) { Immediate = FieldRule.Branch };

    internal static OpcodeRow MayGoto(Operation operation, byte opcode, string mnemonic, string syntax) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.MayGoto, ConformanceGroup.Linux) { Offset = FieldRule.Branch };

    internal static OpcodeRow Call(Operation operation, string mnemonic, string syntax, int source, FieldRule immediate) =>
        new(operation, CallOpcode, mnemonic, syntax, InstructionShape.Call, ConformanceGroup.Base32)
        {
            Source = FieldRule.Fixed(source),
            Immediate = immediate,
        };

    internal static OpcodeRow CallRegister(Operation operation, byte opcode, string mnemonic, string syntax) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.Call, ConformanceGroup.Linux) { Destination = FieldRule.Register };

    internal static OpcodeRow Exit(Operation operation, byte opcode, string mnemonic, string syntax) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.Exit, ConformanceGroup.Base32);

    internal static OpcodeRow JumpImmediate(
        Operation operation, byte opcode, string mnemonic, string syntax, JumpCondition condition, ConformanceGroup group) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.JumpImmediate, group)
        {
            Destination = FieldRule.Register,
            Offset = FieldRule.Branch,
            Immediate = FieldRule.Operand,
            Condition = condition,
            OperandBits = JumpBits(opcode),
            Is64Bit = JumpBits(opcode) == 64,
        };

    internal static OpcodeRow JumpRegister(
        Operation operation, byte opcode, string mnemonic, string syntax, JumpCondition condition, ConformanceGroup group) =>
        new(operation, opcode, mnemonic, syntax, InstructionShape.JumpRegister, group)
        {
            Destination = FieldRule.Register,
            Source = FieldRule.Register,
            Offset = FieldRule.Branch,
            Condition = condition,
            OperandBits = JumpBits(opcode),
            Is64Bit = JumpBits(opcode) == 64,
        };

    private static OpcodeRow RegisterAccess(
        Operation operation, byte opcode, string mnemonic, string syntax, InstructionShape shape, int code, int bits, ConformanceGroup group) =>
        new(operation, opcode, mnemonic, syntax, shape, group)
        {
            Destination = FieldRule.Register,
            Source = FieldRule.Register,
            Offset = FieldRule.Operand,
            Immediate = FieldRule.Fixed(code),
            OperandBits = bits,
            Is64Bit = bits == 64,
        };

    // The class is the low three bits of an opcode: ALU 4, JMP 5, JMP32 6, ALU64 7.
    private static int AluBits(byte opcode) => (opcode & 7) == 7 ? 64 : 32;

    private static int JumpBits(byte opcode) => (opcode & 7) == 5 ? 64 : 32;
}
