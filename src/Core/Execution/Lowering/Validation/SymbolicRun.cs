using System.Runtime.InteropServices;
using Skep.Execution.Lowering.Optimization;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Execution.Lowering.Validation;

/// <summary>One effect that must happen in both programs, with equal operands and in equal order.</summary>
internal readonly record struct Effect(int Kind, int A, long B, int C);

/// <summary>One of the two programs while it is followed: its registers, what it wrote, and the effects since the last point where both met.</summary>
/// <param name="functions">By the slot at which a function starts: which one it is.</param>
internal sealed class SymbolicRun(LoweredProgram program, Terms terms, Dictionary<int, int> functions, int side)
{
    private const int FuelEffect = -1;
    private const int OperandEffect = -2;
    private const int HalvesOfRegister = 4;

    private readonly int[] _registers = new int[Registers.Count];
    private readonly Dictionary<long, int> _written = [];
    private readonly List<Effect> _effects = [];

    // What registers hold at a start, by which of their halves both programs have the same.
    private readonly int[] _entries = new int[Registers.Count * HalvesOfRegister];
    private int _writtenBase;
    private int _memory;
    private int _clean;

    public LoweredProgram Program => program;

    public int Slot { get; set; }

    public int this[byte register] => _registers[register];

    public Instruction Instruction => program.Instructions[Slot];

    public ReadOnlySpan<Effect> Effects => CollectionsMarshal.AsSpan(_effects);

    public int R0 => _registers[0];

    /// <summary>Starts where nothing is known but that both programs have the same in what is live. Names of values mean something from one start to the next only.</summary>
    public void Begin(int slot, RegisterHalves live)
    {
        Slot = slot;
        _memory = _clean = 0;
        _writtenBase = -1;
        _written.Clear();
        _effects.Clear();
        for (byte register = 0; register < Registers.Count; register++)
        {
            bool isFrame = register == (byte)Register.R10;
            _registers[register] = Entry(register, isFrame || live.HasLow(register), isFrame || live.HasUpper(register));
        }
    }

    public void ForgetEffects() => _effects.Clear();

    public void Pay(int originalSlot) => _effects.Add(new Effect(FuelEffect, originalSlot, 0, 0));

    /// <summary>The right operand of arithmetic, a store or a branch.</summary>
    public int RightOf(Instruction instruction, OpcodeRow row) => row.UsesSourceRegister ? _registers[instruction.Source] : terms.Constant((ulong)instruction.Immediate);

    /// <summary>Follows an instruction that goes on to the next one.</summary>
    /// <param name="right">What its source register is known to hold; null for nothing.</param>
    public void Execute(Instruction instruction, OpcodeRow row, ulong? right = null)
    {
        byte d = instruction.Destination;
        switch (row.Shape)
        {
            case InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned:
                _registers[d] = terms.Calculate(row, _registers[d], right is { } known ? terms.Constant(known) : RightOf(instruction, row));
                break;
            case InstructionShape.LoadWide:
                _registers[d] = instruction.Operation == Operation.LoadFunction
                    ? terms.Make(Terms.Kind.Function, functions.GetValueOrDefault(Slot + 1 + instruction.LowImmediate, -1 - side))
                    : terms.Constant((ulong)instruction.Immediate);
                break;
            case InstructionShape.Load:
                _registers[d] = Load(instruction, row);
                break;
            case InstructionShape.StoreImmediate or InstructionShape.StoreRegister:
                Store(instruction, row);
                break;
            default:
                Affect(instruction, row);
                break;
        }

        Slot += row.Slots;
    }

    private int Entry(byte register, bool isLowShared, bool isUpperShared)
    {
        ref int entry = ref _entries[(register * HalvesOfRegister) + (isLowShared ? 1 : 0) + (isUpperShared ? 2 : 0)];
        if (entry == 0)
        {
            int both = terms.Make(Terms.Kind.Entry, register, -1);
            int own = terms.Make(Terms.Kind.Entry, register, side);
            Span<int> bytes = stackalloc int[ValueBytes.Length];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = terms.ByteOf((i < 4 ? isLowShared : isUpperShared) ? both : own, i);
            }

            entry = terms.Intern(bytes);
        }

        return entry;
    }

    private int Load(Instruction instruction, OpcodeRow row)
    {
        (int place, long offset) = terms.PlaceOf(_registers[instruction.Source]);
        offset += instruction.Offset;
        Span<int> bytes = stackalloc int[ValueBytes.Length];
        bool isWritten = place == _writtenBase;
        int time = isWritten ? _clean : _memory;
        terms.PutMemory(place, time, offset, bytes[..row.AccessSize]);
        for (int i = 0; i < row.AccessSize && isWritten; i++)
        {
            bytes[i] = _written.TryGetValue(offset + i, out int stored) ? stored : bytes[i];
        }

        int loaded = terms.Intern(bytes);
        return row.SignExtends ? terms.SignExtend(loaded, row.AccessSize, 8) : loaded;
    }

    private void Store(Instruction instruction, OpcodeRow row)
    {
        (int place, long offset) = terms.PlaceOf(_registers[instruction.Destination]);
        offset += instruction.Offset;
        int value = RightOf(instruction, row);
        _effects.Add(new Effect((int)InstructionShape.StoreRegister << 8 | row.AccessSize, place, offset, terms.Low(value, row.AccessSize)));
        if (place != _writtenBase)
        {
            // Whether that is the same memory as what was written before is not known.
            _written.Clear();
            _writtenBase = place;
            _clean = ++_memory;
        }

        _memory++;
        for (int i = 0; i < row.AccessSize; i++)
        {
            _written[offset + i] = terms.ByteOf(value, i);
        }
    }

    /// <summary>What may read or write anything: atomics, calls, packet loads.</summary>
    private void Affect(Instruction instruction, OpcodeRow row)
    {
        _effects.Add(new Effect((int)row.Operation << 8, 0, row.IsCall ? instruction.Immediate : 0, 0));
        if (instruction.Operation == Operation.CallHelper)
        {
            for (byte register = 1; register <= program.Helpers[(int)instruction.Immediate].Descriptor.ArgumentRegisters; register++)
            {
                _effects.Add(new Effect(OperandEffect, _registers[register], 0, 0));
            }
        }
        else if (!row.IsCall)
        {
            int address = row.IsStore ? _registers[instruction.Destination] : row.IsLoad ? _registers[instruction.Source] : terms.Zero;
            (int place, long offset) = terms.PlaceOf(address);
            offset += instruction.Offset + (row.Shape == InstructionShape.LoadPacket ? instruction.Immediate : 0);
            int value = row.UsesSourceRegister && (row.IsStore || row.Shape == InstructionShape.LoadPacket) ? terms.Low(_registers[instruction.Source], row.IsStore ? row.AccessSize : 4) : terms.Zero;
            int expected = row.Shape == InstructionShape.AtomicCompareExchange ? terms.Low(_registers[0], row.AccessSize) : terms.Zero;
            _effects.Add(new Effect(OperandEffect, place, offset, value));
            _effects.Add(new Effect(OperandEffect, expected, 0, 0));
        }

        _memory++;
        _clean = _memory;
        _written.Clear();
        _writtenBase = -1;
        TakeResults(instruction, row);
    }

    private void TakeResults(Instruction instruction, OpcodeRow row)
    {
        RegisterSet written = instruction.Writes;
        for (byte register = 0; register < Registers.Count; register++)
        {
            if (written.Contains(register))
            {
                // What a call leaves in R1 to R5 is nobody's to read, but for a variadic helper's, to which it may be anything: it counts as the same in both.
                int result = terms.Make(Terms.Kind.Result, register, -1, _memory);
                _registers[register] = row.IsAtomic ? terms.Low(result, row.AccessSize) : result;
            }
        }
    }
}
