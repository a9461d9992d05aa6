using Skep.Engines.Tests.Harness;
using Skep.Isa;
using Skep.Testing;

namespace Skep.Engines.Tests.Instructions;

/// <summary>Arithmetic and conditional jumps: every register with every other, values at the edges, constants of all sizes.</summary>
public sealed class ComputationTests
{
    private static readonly ulong[] Values =
    [
        0, 1, 2, 31, 63, 64, 0x7f, 0x80, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0001, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_8000_0000,
        ulong.MaxValue, 0x0123_4567_89ab_cdef,
    ];

    private static readonly int[] Immediates =
        [0, 1, -1, 2, 3, 7, 8, 31, 32, 33, 63, 64, 100, 127, 128, -128, -129, 255, 256, 1000, 0x7fff, 0x8000, 0xffff, 0x10000, 0x12345678, int.MaxValue, int.MinValue, int.MinValue + 1];

    private static readonly (ulong, ulong)[] Pairs = [.. Sample.Of(from left in Values from right in Values select (left, right))];

    private static readonly (ulong, ulong)[] Lefts = [.. Values.Select(left => (left, 0x5555_5555UL))];

    public static TheoryData<Operation> WithRegister => Where(InstructionShape.AluRegister, InstructionShape.MoveSigned, InstructionShape.JumpRegister);

    public static TheoryData<Operation> WithImmediate => Where(InstructionShape.AluImmediate, InstructionShape.JumpImmediate);

    public static TheoryData<Operation> Unary => Where(InstructionShape.AluUnary);

    [Theory]
    [MemberData(nameof(WithRegister))]
    public void Every_register_with_every_other(Operation operation)
    {
        using var check = new SnippetCheck();
        check.Run(
            from destination in AllRegisters() from source in AllRegisters() select new Snippet(Of(operation, destination, source), Snippet.FreeRegister(destination, source)),
            Pairs, asksKernel: true);
    }

    [Theory]
    [MemberData(nameof(WithRegister))]
    public void Known_values(Operation operation)
    {
        using var check = new SnippetCheck();
        check.Run(
            Sample.Of(
                from left in Values
                from right in Values
                let destination = (byte)((left ^ right) % 5)
                let source = (byte)(5 + (right % 5))
                from tested in (Snippet[])
                [
                    new(Of(operation, destination, source), Snippet.FreeRegister(destination, source), Left: left, Right: right),
                    new(Of(operation, destination, source), Snippet.FreeRegister(destination, source), Right: right),
                ]
                select tested),
            [(0x0fed_cba9_8765_4321, 3), (ulong.MaxValue, 0)], asksKernel: true);
    }

    [Theory]
    [MemberData(nameof(WithImmediate))]
    public void Every_register_with_constants(Operation operation)
    {
        using var check = new SnippetCheck();
        IEnumerable<Snippet> snippets = from immediate in Immediates from destination in AllRegisters() select new Snippet(Of(operation, destination, immediate: immediate), Snippet.FreeRegister(destination));
        check.Run(Sample.Of(snippets), Lefts, asksKernel: false);
        check.Run(snippets.Where(snippet => IsSensible(snippet.Tested)), [Lefts[3], Lefts[^1]], asksKernel: true);
    }

    [Theory]
    [MemberData(nameof(WithImmediate))]
    public void Known_values_with_constants(Operation operation)
    {
        using var check = new SnippetCheck();
        check.Run(
            Sample.Of(from left in Values from immediate in Immediates let destination = (byte)(left % 10) select new Snippet(Of(operation, destination, immediate: immediate), Snippet.FreeRegister(destination), Left: left)),
            [(1, 2)], asksKernel: false);
    }

    [Theory]
    [MemberData(nameof(Unary))]
    public void Every_register_alone(Operation operation)
    {
        using var check = new SnippetCheck();
        check.Run(AllRegisters().Select(destination => new Snippet(Of(operation, destination), Snippet.FreeRegister(destination))), Lefts, asksKernel: true);
        check.Run(Values.Select(left => new Snippet(Of(operation, (byte)(left % 10)), Snippet.FreeRegister((byte)(left % 10)), Left: left)), [(1, 2)], asksKernel: true);
    }

    /// <summary>Linux refuses constants that divide by 0 or shift everything out.</summary>
    private static bool IsSensible(in Instruction tested) => tested.Row.Alu switch
    {
        AluOperator.Divide or AluOperator.Modulo or AluOperator.SignedDivide or AluOperator.SignedModulo => tested.Immediate != 0,
        AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic => tested.Immediate >= 0 && tested.Immediate < tested.Row.OperandBits,
        _ => true,
    };

    private static IEnumerable<byte> AllRegisters() => Enumerable.Range(0, Snippet.Registers).Select(register => (byte)register);

    private static Instruction Of(Operation operation, byte destination, byte source = 0, long immediate = 0) => new(operation, destination, source, 0, immediate);

    private static TheoryData<Operation> Where(params InstructionShape[] shapes) => [.. OpcodeTable.Rows.Where(row => shapes.Contains(row.Shape)).Select(row => row.Operation)];
}
