using System.Collections.Immutable;

namespace Skep.Jit.X64.Encoding;

/// <summary>The encodings in use (AMD64 Architecture Programmer's Manual, volume 3; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2).</summary>
internal static class Rows
{
    // Arithmetic of the first eight opcodes.
    internal static readonly ArithmeticRows Add = new("add", 0);
    internal static readonly ArithmeticRows Or = new("or", 1);
    internal static readonly ArithmeticRows And = new("and", 4);
    internal static readonly ArithmeticRows Subtract = new("sub", 5);
    internal static readonly ArithmeticRows ExclusiveOr = new("xor", 6);
    internal static readonly ArithmeticRows Compare = new("cmp", 7);

    internal static readonly EncodingRow Test = new("test", EncodingForm.OperandRegister, 0x85, Widths.All);
    internal static readonly EncodingRow TestImmediate = new("test", EncodingForm.OperandImmediate, 0xf7, Widths.All);
    internal static readonly EncodingRow Not = new("not", EncodingForm.Operand, 0xf7, Widths.All, Extension: 2);
    internal static readonly EncodingRow Negate = new("neg", EncodingForm.Operand, 0xf7, Widths.All, Extension: 3);
    internal static readonly EncodingRow MultiplyWide = new("mul", EncodingForm.Operand, 0xf7, Widths.All, Extension: 4);
    internal static readonly EncodingRow SignedMultiplyWide = new("imul", EncodingForm.Operand, 0xf7, Widths.All, Extension: 5);
    internal static readonly EncodingRow Divide = new("div", EncodingForm.Operand, 0xf7, Widths.All, Extension: 6);
    internal static readonly EncodingRow SignedDivide = new("idiv", EncodingForm.Operand, 0xf7, Widths.All, Extension: 7);
    internal static readonly EncodingRow Multiply = new("imul", EncodingForm.RegisterOperand, 0xaf, Widths.WordUp, OpcodeMap.Escape0F);
    internal static readonly EncodingRow MultiplyImmediate8 = new("imul", EncodingForm.RegisterOperandImmediate8, 0x6b, Widths.WordUp);
    internal static readonly EncodingRow MultiplyImmediate = new("imul", EncodingForm.RegisterOperandImmediate, 0x69, Widths.WordUp);
    internal static readonly EncodingRow SignIntoRdx32 = new("cdq", EncodingForm.Plain, 0x99, Widths.Double);
    internal static readonly EncodingRow SignIntoRdx64 = new("cqo", EncodingForm.Plain, 0x99, Widths.Quad);

    // Moves.
    internal static readonly EncodingRow Load = new("mov", EncodingForm.RegisterOperand, 0x8b, Widths.All);
    internal static readonly EncodingRow Store = new("mov", EncodingForm.OperandRegister, 0x89, Widths.All);
    internal static readonly EncodingRow MoveImmediate = new("mov", EncodingForm.OperandImmediate, 0xc7, Widths.All);
    internal static readonly EncodingRow LoadZero8 = new("movzx", EncodingForm.RegisterOperand, 0xb6, Widths.DoubleQuad, OpcodeMap.Escape0F) { OperandWidth = Width.Byte };
    internal static readonly EncodingRow LoadZero16 = new("movzx", EncodingForm.RegisterOperand, 0xb7, Widths.DoubleQuad, OpcodeMap.Escape0F) { OperandWidth = Width.Word };
    internal static readonly EncodingRow LoadSigned8 = new("movsx", EncodingForm.RegisterOperand, 0xbe, Widths.DoubleQuad, OpcodeMap.Escape0F) { OperandWidth = Width.Byte };
    internal static readonly EncodingRow LoadSigned16 = new("movsx", EncodingForm.RegisterOperand, 0xbf, Widths.DoubleQuad, OpcodeMap.Escape0F) { OperandWidth = Width.Word };
    internal static readonly EncodingRow LoadSigned32 = new("movsxd", EncodingForm.RegisterOperand, 0x63, Widths.Quad) { OperandWidth = Width.Double };
    internal static readonly EncodingRow LoadAddress = new("lea", EncodingForm.RegisterOperand, 0x8d, Widths.DoubleQuad) { IsMemoryOnly = true };
    internal static readonly EncodingRow LoadSwapped = new("movbe", EncodingForm.RegisterOperand, 0xf0, Widths.WordUp, OpcodeMap.Escape0F38) { IsMemoryOnly = true };
    internal static readonly EncodingRow StoreSwapped = new("movbe", EncodingForm.OperandRegister, 0xf1, Widths.WordUp, OpcodeMap.Escape0F38) { IsMemoryOnly = true };

    // Shifts.
    internal static readonly ShiftRows RotateLeft = new("rol", 0);
    internal static readonly ShiftRows RotateRight = new("ror", 1);
    internal static readonly ShiftRows ShiftLeft = new("shl", 4) { Free = Vex("shlx", EncodingForm.RegisterOperandSecond, 0xf7, OpcodeMap.Escape0F38, 0x66) };
    internal static readonly ShiftRows ShiftRight = new("shr", 5) { Free = Vex("shrx", EncodingForm.RegisterOperandSecond, 0xf7, OpcodeMap.Escape0F38, 0xf2) };
    internal static readonly ShiftRows ShiftRightArithmetic = new("sar", 7) { Free = Vex("sarx", EncodingForm.RegisterOperandSecond, 0xf7, OpcodeMap.Escape0F38, 0xf3) };
    internal static readonly EncodingRow RotateRightInto = Vex("rorx", EncodingForm.RegisterOperandImmediate8, 0xf0, OpcodeMap.Escape0F3A, 0xf2);
    internal static readonly EncodingRow MultiplyFree = Vex("mulx", EncodingForm.RegisterSecondOperand, 0xf6, OpcodeMap.Escape0F38, 0xf2);

    // With memory as one step, after a lock prefix but for the exchange.
    internal static readonly EncodingRow Exchange = new("xchg", EncodingForm.OperandRegister, 0x87, Widths.All);
    internal static readonly EncodingRow ExchangeAdd = new("xadd", EncodingForm.OperandRegister, 0xc1, Widths.All, OpcodeMap.Escape0F);
    internal static readonly EncodingRow CompareExchange = new("cmpxchg", EncodingForm.OperandRegister, 0xb1, Widths.All, OpcodeMap.Escape0F);

    // Control.
    internal static readonly EncodingRow CallIndirect = new("call", EncodingForm.Operand, 0xff, Widths.Quad, Extension: 2) { IsQuadByNature = true };
    internal static readonly EncodingRow JumpIndirect = new("jmp", EncodingForm.Operand, 0xff, Widths.Quad, Extension: 4) { IsQuadByNature = true };
    internal static readonly EncodingRow Return = new("ret", EncodingForm.Plain, 0xc3, Widths.Double);

    /// <summary>The word that the system keeps for each processor.</summary>
    internal static readonly EncodingRow ReadProcessorId = new("rdpid", EncodingForm.Operand, 0xc7, Widths.Quad, OpcodeMap.Escape0F, Extension: 7) { Prefix = 0xf3, IsQuadByNature = true };

    // Vectors, for clearing.
    internal static readonly EncodingRow VectorExclusiveOr = new("xorps", EncodingForm.RegisterOperand, 0x57, Widths.Double, OpcodeMap.Escape0F) { IsVector = true };
    internal static readonly EncodingRow VectorStore = new("movaps", EncodingForm.OperandRegister, 0x29, Widths.Double, OpcodeMap.Escape0F) { IsVector = true, IsMemoryOnly = true };

    private static readonly ImmutableArray<EncodingRow> ConditionalMoves =
        [.. ConditionNames().Select((name, i) => new EncodingRow($"cmov{name}", EncodingForm.RegisterOperand, (byte)(0x40 + i), Widths.WordUp, OpcodeMap.Escape0F))];

    private static readonly ImmutableArray<EncodingRow> Sets =
        [.. ConditionNames().Select((name, i) => new EncodingRow($"set{name}", EncodingForm.Operand, (byte)(0x90 + i), 0, OpcodeMap.Escape0F) { OperandWidth = Width.Byte })];

    internal static EncodingRow MoveIf(Condition condition) => ConditionalMoves[(int)condition];

    internal static EncodingRow SetIf(Condition condition) => Sets[(int)condition];

    /// <summary>All of them, for tests.</summary>
    internal static ImmutableArray<EncodingRow> All =>
    [
        .. new[] { Add, Or, And, Subtract, ExclusiveOr, Compare }.SelectMany(rows => rows.All),
        .. new[] { RotateLeft, RotateRight, ShiftLeft, ShiftRight, ShiftRightArithmetic }.SelectMany(rows => rows.All),
        Test, TestImmediate, Not, Negate, MultiplyWide, SignedMultiplyWide, Divide, SignedDivide, Multiply, MultiplyImmediate8, MultiplyImmediate,
        SignIntoRdx32, SignIntoRdx64, Load, Store, MoveImmediate, LoadZero8, LoadZero16, LoadSigned8, LoadSigned16, LoadSigned32, LoadAddress, LoadSwapped,
        StoreSwapped, RotateRightInto, MultiplyFree, Exchange, ExchangeAdd, CompareExchange, CallIndirect, JumpIndirect, Return, ReadProcessorId, VectorExclusiveOr, VectorStore,
        .. ConditionalMoves,
        .. Sets,
    ];

    private static string[] ConditionNames() => ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"];

    private static EncodingRow Vex(string mnemonic, EncodingForm form, byte opcode, OpcodeMap map, byte prefix)
        => new(mnemonic, form, opcode, Widths.DoubleQuad, map) { IsVex = true, Prefix = prefix };
}

/// <summary>The encodings of one of the eight operators with the same pattern of opcodes.</summary>
/// <param name="number">Bits 3 to 5 of the opcodes, and the digit of the immediate forms.</param>
internal sealed class ArithmeticRows(string mnemonic, byte number)
{
    internal EncodingRow FromOperand { get; } = new(mnemonic, EncodingForm.RegisterOperand, (byte)(number * 8 + 3), Widths.All);

    internal EncodingRow IntoOperand { get; } = new(mnemonic, EncodingForm.OperandRegister, (byte)(number * 8 + 1), Widths.All);

    internal EncodingRow Immediate8 { get; } = new(mnemonic, EncodingForm.OperandImmediate8, 0x83, Widths.WordUp, Extension: number);

    internal EncodingRow Immediate { get; } = new(mnemonic, EncodingForm.OperandImmediate, 0x81, Widths.All, Extension: number);

    internal IEnumerable<EncodingRow> All => [FromOperand, IntoOperand, Immediate8, Immediate];
}

/// <summary>The encodings of a shift or rotation.</summary>
/// <param name="number">The digit.</param>
internal sealed class ShiftRows(string mnemonic, byte number)
{
    internal EncodingRow Immediate { get; } = new(mnemonic, EncodingForm.OperandImmediate8, 0xc1, Widths.All, Extension: number);

    internal EncodingRow ByCount { get; } = new(mnemonic, EncodingForm.OperandCount, 0xd3, Widths.All, Extension: number);

    /// <summary>With any register as the count and another for the result (BMI2); null where there is none.</summary>
    internal EncodingRow? Free { get; init; }

    internal IEnumerable<EncodingRow> All => Free is null ? [Immediate, ByCount] : [Immediate, ByCount, Free];
}
