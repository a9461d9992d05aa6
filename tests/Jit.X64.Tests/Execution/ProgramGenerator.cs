using Skep.Isa;

namespace Skep.Jit.X64.Tests.Execution;

/// <summary>
/// Random instructions, biased toward what the back end joins: moves and what follows them, shifts in pairs, loads and what is done with them, short jumps. Jumps go
/// forward, so that everything ends; memory is the stack below -128 and the context's words from 10 on, which R9 points to.
/// </summary>
internal sealed class ProgramGenerator(int seed)
{
    private const int StackBase = -256;
    private readonly Random _random = new(seed);
    private readonly List<Instruction> _code = [];
    private readonly List<(int Start, int End)> _whole = [];

    private static readonly Operation[] Alu =
        [.. OpcodeTable.Rows.Where(row => row.Shape is InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned).Select(row => row.Operation)];

    private static readonly Operation[] Conditions =
        [.. OpcodeTable.Rows.Where(row => row.Shape is InstructionShape.JumpImmediate or InstructionShape.JumpRegister).Select(row => row.Operation)];

    private static readonly Operation[] Moves = [Operation.Move64Register, Operation.Move32Register];

    private static readonly Operation[] Shifts =
    [
        Operation.ShiftLeft64Immediate, Operation.ShiftRight64Immediate, Operation.ShiftRightArithmetic64Immediate,
        Operation.ShiftLeft32Immediate, Operation.ShiftRight32Immediate, Operation.ShiftRightArithmetic32Immediate,
    ];

    private static readonly Operation[] Loads =
        [Operation.Load8, Operation.Load16, Operation.Load32, Operation.Load64, Operation.LoadSigned8, Operation.LoadSigned16, Operation.LoadSigned32];

    private static readonly Operation[] Stores = [Operation.StoreRegister8, Operation.StoreRegister16, Operation.StoreRegister32, Operation.StoreRegister64];

    /// <summary>Instructions that read and write R0 to R8; all of the stack that they read was written.</summary>
    internal Instruction[] Generate(int length)
    {
        for (int i = 0; i < 16; i++)
        {
            Add(Operation.StoreImmediate64, 10, 0, StackBase + 8 * i, _random.Next());
        }

        while (_code.Count < length)
        {
            Step();
        }

        return Closed();
    }

    private void Step()
    {
        byte one = Register();
        byte two = Register();
        switch (_random.Next(13))
        {
            case 0 or 1: AddAlu(one, two); break;
            case 2: Add(Pick(Moves), one, two); AddAlu(one, Register()); break;
            case 3: Add(Pick(Moves), one, two); Shift(one); Shift(one); break;
            case 4: Shift(one); Shift(one); break;
            case 5: Rotation(one, two); break;
            case 6: Load(one); AddAlu(Register(), _random.Next(2) == 0 ? one : two); break;
            case 7: Load(one); AddJump(one, two); break;
            case 8: Update(one, two); break;
            case 9: AddAlu(one, two); AddJump(one, two); break;
            case 10: AddJump(one, two); Add(Pick([Operation.Move64Register, Operation.Move32Register, Operation.Move64Immediate, Operation.Move32Immediate]), one, two, 0, Immediate()); break;
            case 11: Indexed(); break;
            default: Store(one); break;
        }
    }

    /// <summary>An address with an index, made in several ways. No jump may come into the middle, and no address of the stack may be seen.</summary>
    private void Indexed()
    {
        int start = _code.Count;
        byte index = Register();
        byte copy = Register();
        byte pointer = (byte)Enumerable.Range(0, 9).First(register => register != index && register != copy);
        bool isStack = _random.Next(2) == 0;
        bool isFirst = _random.Next(2) == 0;
        int shift = _random.Next(0, 4);
        Add(Operation.And64Immediate, index, 0, 0, 3);
        AddIf(isFirst, Operation.Move64Register, pointer, isStack ? 10 : 9);
        AddIf(copy != index, Pick(Moves), copy, index);
        AddIf(shift > 0, Operation.ShiftLeft64Immediate, copy, 0, 0, shift);
        AddIf(!isFirst, Operation.Move64Register, pointer, isStack ? 10 : 9);
        Add(Operation.Add64Register, pointer, copy);
        int offset = isStack ? StackBase : 80;
        switch (_random.Next(3))
        {
            case 0: Add(Pick(Loads), _random.Next(2) == 0 ? pointer : Register(), pointer, offset); break;
            case 1: Add(Pick(Stores), pointer, Enumerable.Range(0, 9).First(register => register != pointer), offset); break;
            default: Add(Operation.StoreImmediate32, pointer, 0, offset, Immediate()); break;
        }

        AddIf(_random.Next(2) == 0, Operation.Move64Immediate, copy, 0, 0, 5);
        Add(Operation.Move64Immediate, pointer, 0, 0, 9);
        _whole.Add((start, _code.Count));
    }

    private void AddIf(bool condition, Operation operation, int destination, int source = 0, int offset = 0, long immediate = 0)
    {
        if (condition)
        {
            Add(operation, destination, source, offset, immediate);
        }
    }

    private void Rotation(byte one, byte two)
    {
        bool isWide = _random.Next(2) == 0;
        int bits = isWide ? 64 : 32;
        int count = _random.Next(bits);
        (Operation left, Operation right) = isWide
            ? (Operation.ShiftLeft64Immediate, Operation.ShiftRight64Immediate)
            : (Operation.ShiftLeft32Immediate, Operation.ShiftRight32Immediate);
        if (_random.Next(2) == 0)
        {
            (left, right) = (right, left);
        }

        Add(Pick(Moves), one, two);
        Add(left, one, 0, 0, count);
        Add(right, two, 0, 0, bits - count);
        (byte into, byte from) = _random.Next(2) == 0 ? (one, two) : (two, one);
        Add(isWide ? Operation.Or64Register : Operation.Or32Register, into, from);
        if (_random.Next(3) > 0)
        {
            // The other part dies.
            Add(Operation.Move64Immediate, from, 0, 0, Immediate());
        }
    }

    private void Update(byte one, byte two)
    {
        Instruction load = Place(Pick(Loads), one);
        _code.Add(load);
        AddAlu(one, two);
        Operation store = (load.Row.OperandBits) switch
        {
            8 => Operation.StoreRegister8,
            16 => Operation.StoreRegister16,
            32 => Operation.StoreRegister32,
            _ => Operation.StoreRegister64,
        };
        Add(store, load.Source, one, load.Offset);
        if (_random.Next(2) == 0)
        {
            Add(Operation.Move64Immediate, one, 0, 0, Immediate());
        }
    }

    private void Load(byte register) => _code.Add(Place(Pick(Loads), register));

    private void Store(byte register)
    {
        Instruction place = Place(Operation.Load64, register);
        Add(Pick(Stores), place.Source, register, place.Offset);
    }

    private Instruction Place(Operation load, byte register) => _random.Next(2) == 0
        ? new Instruction(load, register, 10, StackBase + _random.Next(0, 15) * 8, 0)
        : new Instruction(load, register, 9, 8 * _random.Next(10, 16), 0);

    private void AddAlu(byte destination, byte source)
    {
        Operation operation = Pick(Alu);
        OpcodeRow row = OpcodeTable.Row(operation);
        Add(operation, destination, row.UsesSourceRegister ? source : (byte)0, 0, row.UsesSourceRegister || row.Shape == InstructionShape.AluUnary ? 0 : Immediate());
    }

    private void AddJump(byte left, byte right)
    {
        Operation operation = Pick(Conditions);
        OpcodeRow row = OpcodeTable.Row(operation);
        Add(operation, left, row.UsesSourceRegister ? right : (byte)0, _random.Next(3) == 0 ? _random.Next(0, 9) : 1, row.UsesSourceRegister ? 0 : _random.Next(3) == 0 ? 0 : Immediate());
    }

    private void Shift(byte register)
    {
        int[] counts = [8, 16, 24, 32, 48, 56, 1, 2, 3, 29, 31, 61];
        Add(Pick(Shifts), register, 0, 0, counts[_random.Next(counts.Length)]);
    }

    private long Immediate() => _random.Next(4) switch
    {
        0 => _random.Next(-3, 4),
        1 => Pick<long>([255, 65535, 127, 128, -128, 7, 8, 16, 32, 63, 641, 1000, int.MaxValue, int.MinValue, 10]),
        2 => 1L << _random.Next(31),
        _ => _random.Next(int.MinValue, int.MaxValue),
    };

    private byte Register() => (byte)_random.Next(9);

    private T Pick<T>(T[] among) => among[_random.Next(among.Length)];

    private void Add(Operation operation, int destination, int source = 0, int offset = 0, long immediate = 0)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        bool hasSource = row.UsesSourceRegister;
        _code.Add(new Instruction(operation, (byte)destination, hasSource ? (byte)source : (byte)0, offset, hasSource && row.Shape != InstructionShape.StoreImmediate ? 0 : immediate));
    }

    /// <summary>Jumps that would leave the code end with it, and none goes into the middle of what belongs together.</summary>
    private Instruction[] Closed()
    {
        for (int slot = 0; slot < _code.Count; slot++)
        {
            Instruction instruction = _code[slot];
            if (!instruction.Row.IsBranch)
            {
                continue;
            }

            int target = Math.Min(slot + 1 + instruction.Offset, _code.Count);
            foreach ((int start, int end) in _whole)
            {
                target = start < target && target < end ? end : target;
            }

            _code[slot] = instruction with { Offset = target - slot - 1 };
        }

        return [.. _code];
    }
}
