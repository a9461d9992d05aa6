using Skep.Isa;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Registries;
using Skep.TestPrograms.Worlds;

namespace Skep.TestPrograms.Generation;

/// <summary>
/// Random structured programs: most of what they do is right, so that they get past the structure and deep into the paths, and some of it is nearly right.
/// The seed decides everything.
/// </summary>
internal sealed partial class ProgramGenerator(ulong seed, bool isDeterministic = false)
{
    private const int MostSlots = 400;
    private const int StackSlots = 12;
    private const int MostFunctions = 3;

    private static readonly string[] Types = [.. TestProgramTypes.Names];

    private static readonly string[] Unprivileged = ["socket_filter", "sched_cls", "xdp", "cgroup_skb"];

    private readonly List<Instruction> _code = [];
    private readonly List<(int Slot, int Function, bool IsAddress)> _calls = [];
    private SeededRandom _random = new(seed);
    private RegisterModel[] _registers = new RegisterModel[10];
    private RegisterModel[] _stack = new RegisterModel[StackSlots];
    private string _type = "";
    private int _packetRange;
    private int _functions;
    private int _depth;
    private bool _isMain;

    /// <summary>The program may use what Skep knows more of than the kernel.</summary>
    private bool _isSharp;
    private int _kept;

    public GeneratedProgram Make()
    {
        bool isUnprivileged = isDeterministic || _random.OneIn(3);
        _type = isDeterministic ? "xdp" : isUnprivileged ? _random.Pick<string>(Unprivileged) : _random.Pick<string>(Types);
        _isSharp = _random.OneIn(8);
        BeginFunction(isMain: true);
        Set(1, new RegisterModel(Holds.Context));
        if (!_random.OneIn(6))
        {
            Move(6, 1);
        }

        Block(_random.Between(4, 30));
        Finish();
        for (int function = 0; function < _functions; function++)
        {
            MakeFunction(function);
        }

        if (!isDeterministic && _random.OneIn(4))
        {
            Mutate(_random.Between(1, 2));
        }

        CorpusFlags flags = isUnprivileged ? CorpusFlags.Unprivileged : CorpusFlags.None;
        return new GeneratedProgram(_type, !isDeterministic && _random.OneIn(12) ? flags | CorpusFlags.Strict : flags, [.. _code]);
    }

    private void MakeFunction(int function)
    {
        int start = _code.Count;
        bool isCallback = false;
        foreach ((int slot, int callee, bool isAddress) in _calls)
        {
            if (callee == function)
            {
                isCallback |= isAddress;
                _code[slot] = isAddress ? _code[slot] with { Immediate = (uint)(start - slot - 1) } : _code[slot] with { Offset = start - slot - 1 };
            }
        }

        BeginFunction(isMain: false);
        Set(1, new RegisterModel(Holds.Number));
        if (isCallback || _random.OneIn(2))
        {
            Set(2, isCallback ? default : new RegisterModel(Holds.Number));
        }

        Block(_random.Between(1, 8));
        EmitResult(isCallback ? 1 : int.MaxValue);
    }

    private void BeginFunction(bool isMain)
    {
        _registers = new RegisterModel[10];
        _stack = new RegisterModel[StackSlots];
        _packetRange = 0;
        _isMain = isMain;
        _depth = 0;
        _kept = 0;
    }

    private void Finish() => EmitResult(_type == "cgroup_skb" ? 1 : int.MaxValue);

    private void EmitResult(int most)
    {
        byte number = PickNumber();
        if (most == 1 && !_random.OneIn(20))
        {
            Emit(Operation.Move64Immediate, 0, immediate: _random.Below(2));
        }
        else if (_registers[number].IsNumber && _random.OneIn(2))
        {
            Move(0, number);
        }
        else if (!_registers[0].IsNumber || _random.OneIn(2))
        {
            Emit(Operation.Move64Immediate, 0, immediate: _random.Below(4));
        }

        Emit(Operation.Exit);
    }

    private void Block(int statements)
    {
        for (int i = 0; i < statements && _code.Count < MostSlots; i++)
        {
            Statement();
        }
    }

    private void Statement()
    {
        switch (_random.Below(20))
        {
            case 0 or 1 or 2:
                Arithmetic();
                break;
            case 3:
                Bound();
                break;
            case 4 or 5:
                StoreStack();
                break;
            case 6:
                LoadStack();
                break;
            case 7:
                StackPointer();
                break;
            case 8 or 9:
                Lookup();
                break;
            case 10 or 11:
                Access();
                break;
            case 12:
                Index();
                break;
            case 13:
                Packet();
                break;
            case 14:
                LoadContext();
                break;
            case 15 or 16:
                If();
                break;
            case 17:
                Loop();
                break;
            case 18:
                Call();
                break;
            default:
                Helper();
                break;
        }
    }

    private void Emit(Operation operation, int destination = 0, int source = 0, int offset = 0, long immediate = 0)
        => _code.Add(new Instruction(operation, (byte)destination, (byte)source, offset, immediate));

    private void EmitWide(Operation operation, int destination, int low, int high = 0)
    {
        Emit(operation, destination, immediate: (uint)low | (long)high << 32);
        Emit(Operation.Continuation, immediate: (long)high << 32);
    }

    private void Set(int register, RegisterModel model) => _registers[register] = model;

    private void Move(int to, int from)
    {
        Emit(Operation.Move64Register, to, from);
        _registers[to] = from == 10 ? new RegisterModel(Holds.Stack) : _registers[from];
    }

    /// <summary>A register to write: any, rather one that calls preserve and that holds nothing of worth.</summary>
    private byte PickFree()
    {
        byte register = (byte)_random.Below(10);
        if (_registers[register].Kind is not (Holds.Nothing or Holds.Number))
        {
            register = (byte)_random.Below(10);
        }

        if ((_kept >> register & 1) != 0)
        {
            // A loop counts with it.
            return (byte)(_random.OneIn(60) ? register : (_kept & 1) != 0 ? 1 : 0);
        }

        return register == 6 && _registers[6].Kind == Holds.Context && !_random.OneIn(20) ? (byte)7 : register;
    }

    /// <summary>A register that calls preserve and no loop counts with.</summary>
    private byte PickSaved()
    {
        byte register = (byte)_random.Between(7, 9);
        return (_kept >> register & 1) == 0 ? register : (byte)(register == 7 ? 8 : 7);
    }

    /// <summary>A register that holds a number, if there is one; made if not.</summary>
    private byte PickNumber()
    {
        byte start = (byte)_random.Below(10);
        for (int i = 0; i < 10; i++)
        {
            byte register = (byte)((start + i) % 10);
            if (_registers[register].IsNumber && (_kept >> register & 1) == 0)
            {
                return register;
            }
        }

        return MakeNumber();
    }

    private byte MakeNumber()
    {
        byte register = PickFree();
        if (!isDeterministic && _random.OneIn(3))
        {
            Emit(Operation.CallHelper, immediate: 7); // get_prandom_u32
            Clobber();
            Set(0, new RegisterModel(Holds.Number));
            return 0;
        }

        long value = _random.OneIn(2) ? _random.Between(-4, 64) : (int)_random.Number();
        Emit(Operation.Move64Immediate, register, immediate: value);
        Set(register, value is >= 0 and < 4096 ? new RegisterModel(Holds.Bounded, Bound: (int)value) : new RegisterModel(Holds.Number));
        return register;
    }

    private byte? Find(Func<RegisterModel, bool> condition)
    {
        int start = _random.Below(10);
        for (int i = 0; i < 10; i++)
        {
            byte register = (byte)((start + i) % 10);
            if (condition(_registers[register]))
            {
                return register;
            }
        }

        return null;
    }

    private void Clobber()
    {
        for (int register = 0; register <= 5; register++)
        {
            Set(register, default);
        }
    }

    private (RegisterModel[] Registers, RegisterModel[] Stack, int Range) Save() => ([.. _registers], [.. _stack], _packetRange);

    private void Restore((RegisterModel[] Registers, RegisterModel[] Stack, int Range) saved)
    {
        _registers = [.. saved.Registers];
        _stack = [.. saved.Stack];
        _packetRange = saved.Range;
    }

    /// <summary>Control comes together: what is not the same on both ways holds nothing, mostly.</summary>
    private void Merge((RegisterModel[] Registers, RegisterModel[] Stack, int Range) other)
    {
        Merge(_registers, other.Registers);
        Merge(_stack, other.Stack);
        _packetRange = Math.Min(_packetRange, other.Range);
    }

    private void Merge(RegisterModel[] here, RegisterModel[] there)
    {
        for (int i = 0; i < here.Length; i++)
        {
            if (here[i] == there[i] || _random.OneIn(40))
            {
                continue;
            }

            here[i] = here[i].IsNumber && there[i].IsNumber ? new RegisterModel(Holds.Number) : default;
        }
    }

    /// <summary>A few instructions become others like them.</summary>
    private void Mutate(int times)
    {
        for (int i = 0; i < times; i++)
        {
            int slot = _random.Below(_code.Count);
            _code[slot] = Mutated(_code[slot]);
        }
    }

    private Instruction Mutated(in Instruction was)
    {
        OpcodeRow row = was.Row;
        if (was.Operation == Operation.Continuation || row.Shape == InstructionShape.LoadWide || row.IsCall)
        {
            return was;
        }

        switch (_random.Below(5))
        {
            case 0 when row.Destination.Use == FieldUse.Register:
                return was with { Destination = (byte)_random.Below(row.WritesDestination ? 10 : 11) };
            case 1 when row.Source.Use == FieldUse.Register:
                return was with { Source = (byte)_random.Below(row.WritesSource ? 10 : 11) };
            case 2 when row.Offset.Use == FieldUse.Operand && !row.IsBranch:
                return was with { Offset = was.Offset + _random.Pick<int>([-8, -4, -1, 1, 4, 8, 64]) };
            case 3 when row.Immediate.Use == FieldUse.Operand:
                return was with { Immediate = _random.OneIn(2) ? (int)_random.Number() : (int)(was.Immediate + _random.Between(-9, 9)) };
            default:
                var other = (Operation)((int)was.Operation + _random.Pick<int>([-4, -2, 2, 4]));
                return Enum.IsDefined(other) && OpcodeTable.Row(other).Shape == row.Shape ? was with { Operation = other } : was;
        }
    }
}
