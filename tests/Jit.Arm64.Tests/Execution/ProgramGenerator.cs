using Skep.Isa;

namespace Skep.Jit.Arm64.Tests.Execution;

/// <summary>
/// Random instructions of which each is likely to be taken along by a later one: copies, shifts, extensions, inversions, products, addresses. Few registers, so that values
/// meet; jumps go forward and loops count down, so that everything ends. Memory is the stack from R10 - 256 to R10 - 129.
/// </summary>
internal sealed class ProgramGenerator(int seed)
{
    private const int Low = -256;
    private const int Area = 128;
    private const byte Counter = 9;
    private static readonly Operation[] Alu =
        [.. OpcodeTable.Rows.Where(row => row.Shape is InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned).Select(row => row.Operation)];

    private static readonly Operation[] Joined =
    [
        Operation.Move64Register, Operation.Move64Register, Operation.Move32Register, Operation.MoveSigned32To64, Operation.MoveSigned8To64, Operation.ShiftLeft64Immediate,
        Operation.ShiftRight64Immediate, Operation.ShiftRightArithmetic64Immediate, Operation.ShiftLeft32Immediate, Operation.ShiftRight32Immediate, Operation.Add64Register,
        Operation.Subtract64Register, Operation.Or64Register, Operation.And64Register, Operation.ExclusiveOr64Register, Operation.Or32Register, Operation.Add32Register, Operation.Multiply64Register,
        Operation.Multiply32Register, Operation.ExclusiveOr64Immediate, Operation.ExclusiveOr32Immediate, Operation.And64Immediate, Operation.Negate64, Operation.ToLittleEndian16,
    ];

    private static readonly Operation[] Conditions =
        [.. OpcodeTable.Rows.Where(row => row.Shape is InstructionShape.JumpImmediate or InstructionShape.JumpRegister).Select(row => row.Operation)];

    private static readonly Operation[] Loads =
        [Operation.Load8, Operation.Load16, Operation.Load32, Operation.Load64, Operation.LoadSigned8, Operation.LoadSigned16, Operation.LoadSigned32];

    private static readonly Operation[] Stores =
        [Operation.StoreRegister8, Operation.StoreRegister16, Operation.StoreRegister32, Operation.StoreRegister64, Operation.StoreImmediate32, Operation.StoreImmediate64];

    private readonly Random _random = new(seed);
    private readonly List<Instruction> _code = [];
    private bool _isInLoop;

    internal Instruction[] Generate(int length)
    {
        for (int i = 0; i < Area / 8; i++)
        {
            Add(Operation.StoreRegister64, 10, Any(), Low + 8 * i);
        }

        while (_code.Count < length)
        {
            Step();
        }

        return [.. _code];
    }

    private void Step()
    {
        switch (_random.Next(20))
        {
            case < 10:
                AddAlu(Pick(Joined));
                break;
            case < 13:
                AddAlu(Pick(Alu));
                break;
            case 13:
                AddRotation();
                break;
            case < 16:
                AddAccess();
                break;
            case 16:
                AddIndexed();
                break;
            case < 19:
                AddJump();
                break;
            default:
                AddLoop();
                break;
        }
    }

    private void AddAlu(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        long immediate = row.Shape != InstructionShape.AluImmediate ? 0 : _random.Next(6) switch
        {
            0 => -1,
            1 => 0xff,
            2 => _random.Next(64),
            3 => 1L << _random.Next(31),
            4 => _random.Next(),
            _ => -_random.Next(5000),
        };
        if (row.Alu is AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic)
        {
            immediate &= row.Is64Bit ? 63 : 31;
        }

        _code.Add(new Instruction(operation, Any(), row.UsesSourceRegister ? Any() : (byte)0, 0, immediate));
    }

    private void AddRotation()
    {
        bool is64 = _random.Next(2) == 0;
        int bits = is64 ? 64 : 32;
        int amount = 1 + _random.Next(bits - 1);
        (byte a, byte b) = (Any(), Any());
        (Operation left, Operation right, Operation or) = is64
            ? (Operation.ShiftLeft64Immediate, Operation.ShiftRight64Immediate, Operation.Or64Register)
            : (Operation.ShiftLeft32Immediate, Operation.ShiftRight32Immediate, Operation.Or32Register);
        bool isLeftFirst = _random.Next(2) == 0;
        Add(is64 ? Operation.Move64Register : Operation.Move32Register, a, b);
        _code.Add(new Instruction(isLeftFirst ? left : right, a, 0, 0, amount));
        _code.Add(new Instruction(isLeftFirst ? right : left, b, 0, 0, bits - amount));
        Add(or, _random.Next(2) == 0 ? a : b, _random.Next(2) == 0 ? b : a);
    }

    private void AddAccess()
    {
        bool isLoad = _random.Next(2) == 0;
        Operation operation = Pick(isLoad ? Loads : Stores);
        int size = OpcodeTable.Row(operation).AccessSize;
        int offset = Low + _random.Next((Area - 2 * size) / size) * size;
        byte pointer = 10;
        if (_random.Next(3) == 0)
        {
            // Some of it in the register, so that it is no constant distance any more after a jump.
            pointer = Any();
            int part = _random.Next(200) - 100;
            Add(Operation.Move64Register, pointer, 10);
            _code.Add(new Instruction(Operation.Add64Immediate, pointer, 0, 0, part));
            offset -= part;
        }

        for (int i = _random.Next(2); i >= 0; i--)
        {
            byte value = Other(pointer);
            _code.Add(isLoad ? new Instruction(operation, value, pointer, offset, 0) : StoreOf(operation, pointer, value, offset));
            offset += size;
        }

        Forget(pointer);
    }

    private static Instruction StoreOf(Operation operation, byte pointer, byte value, int offset)
        => OpcodeTable.Row(operation).Shape == InstructionShape.StoreImmediate ? new(operation, pointer, 0, offset, value % 3) : new(operation, pointer, value, offset, 0);

    private void AddIndexed()
    {
        byte pointer = Any();
        byte index = Other(pointer);
        Operation operation = Pick(_random.Next(2) == 0 ? Loads : Stores);
        int shift = _random.Next(4);
        _code.Add(new Instruction(_random.Next(2) == 0 ? Operation.And64Immediate : Operation.And32Immediate, index, 0, 0, 7));
        Add(Operation.Move64Register, pointer, 10);
        _code.Add(new Instruction(Operation.Add64Immediate, pointer, 0, 0, Low));
        if (_random.Next(2) == 0)
        {
            Add(_random.Next(2) == 0 ? Operation.Move32Register : Operation.MoveSigned32To64, index, index);
        }
        else
        {
            _code.Add(new Instruction(Operation.ShiftLeft64Immediate, index, 0, 0, shift));
        }

        Add(Operation.Add64Register, pointer, index);
        _code.Add(OpcodeTable.Row(operation).IsLoad ? new Instruction(operation, _random.Next(2) == 0 ? pointer : Other(pointer), pointer, 0, 0) : StoreOf(operation, pointer, Other(pointer), 0));
        Forget(pointer);
    }

    private void AddJump()
    {
        int at = _code.Count;
        Operation operation = Pick(Conditions);
        OpcodeRow row = OpcodeTable.Row(operation);
        byte source = row.Shape == InstructionShape.JumpRegister ? Any() : (byte)0;
        _code.Add(new Instruction(operation, Any(), source, 0, source == 0 && row.Shape == InstructionShape.JumpImmediate ? _random.Next(4) - 1 : 0));
        int steps = _random.Next(3);
        if (steps == 0)
        {
            AddAlu(_random.Next(2) == 0 ? Operation.Move64Register : Pick([Operation.Move32Register, Operation.Move64Immediate, Operation.Move32Immediate]));
        }

        for (; steps > 0; steps--)
        {
            AddAlu(Pick(Joined));
        }

        _code[at] = _code[at] with { Offset = _code.Count - at - 1 };
    }

    private void AddLoop()
    {
        if (_isInLoop)
        {
            return;
        }

        _isInLoop = true;
        _code.Add(new Instruction(Operation.Move64Immediate, Counter, 0, 0, 1 + _random.Next(4)));
        int head = _code.Count;
        for (int i = _random.Next(6); i >= 0; i--)
        {
            Step();
        }

        _code.Add(new Instruction(Operation.Subtract64Immediate, Counter, 0, 0, 1));
        _code.Add(new Instruction(Operation.JumpNotEqual64Immediate, Counter, 0, head - _code.Count - 1, 0));
        _isInLoop = false;
    }

    /// <summary>Where the stack lies must not come out.</summary>
    private void Forget(byte pointer)
    {
        if (pointer != 10)
        {
            _code.Add(new Instruction(Operation.Move64Immediate, pointer, 0, 0, pointer));
        }
    }

    private void Add(Operation operation, byte destination, byte source, int offset = 0) => _code.Add(new Instruction(operation, destination, source, offset, 0));

    private byte Any() => (byte)_random.Next(8);

    private byte Other(byte register)
    {
        byte other = Any();
        return other == register ? (byte)((other + 1) % 8) : other;
    }

    private T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];
}
