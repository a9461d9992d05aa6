using System.Runtime.InteropServices;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Testing;

/// <summary>Random programs of which nearly all are accepted: numbers in nine registers, 64 bytes of stack, branches forward, calls. All that they computed ends in their event.</summary>
internal sealed class RandomProgram
{
    public const int EventBytes = 256;

    private const byte Context = 6;
    private const int Cells = 8;
    private const int Steps = 80;
    private const int MostBranches = 8;

    private static readonly byte[] Numbers = [0, 1, 2, 3, 4, 5, 7, 8, 9];
    private static readonly int[] Immediates = [0, 1, -1, 2, 7, 8, 31, 32, 63, 127, 128, -128, 255, 0x7fff, 0x8000, 0x12345678, int.MaxValue, int.MinValue];

    private readonly Random _random;
    private readonly OpcodeRow[] _rows;
    private readonly List<Instruction> _code = [];
    private readonly List<Reference> _references = [];
    private int _branches;

    /// <param name="rows">What may be used.</param>
    public RandomProgram(int seed, IEnumerable<OpcodeRow> rows)
    {
        _random = new Random(seed);
        _rows = [.. rows];
    }

    public ProgramSpec Make()
    {
        Begin();
        var landings = new List<(int Branch, int Steps)>();
        for (int step = 0; step < Steps; step++)
        {
            Step(landings);
            for (int i = landings.Count - 1; i >= 0; i--)
            {
                landings[i] = (landings[i].Branch, landings[i].Steps - 1);
                if (landings[i].Steps < 0)
                {
                    Land(landings[i].Branch);
                    landings.RemoveAt(i);
                }
            }
        }

        landings.ForEach(landing => Land(landing.Branch));
        End();
        return new ProgramSpec
        {
            Name = "random",
            License = "GPL",
            Instructions = [.. InstructionEncoder.Encode(CollectionsMarshal.AsSpan(_code))],
            References = [.. _references],
        };
    }

    private byte Any() => Numbers[_random.Next(Numbers.Length)];

    private int Cell() => -8 * (1 + _random.Next(Cells));

    private void Begin()
    {
        Add(Operation.Move64Register, Context, 1);
        foreach (byte register in Numbers)
        {
            Add(Operation.Load64, register, Context, register * 8);
        }

        for (int cell = 1; cell <= Cells; cell++)
        {
            Add(Operation.StoreRegister64, 10, Any(), -8 * cell);
        }
    }

    private void End()
    {
        foreach (byte register in Numbers)
        {
            Add(Operation.StoreRegister64, Context, register, register * 8);
        }

        for (int cell = 1; cell <= Cells; cell++)
        {
            Add(Operation.Load64, 1, 10, -8 * cell);
            Add(Operation.StoreRegister64, Context, 1, 80 + (cell * 8));
        }

        Add(Operation.Exit);
    }

    private void Step(List<(int Branch, int Steps)> landings)
    {
        if (_random.Next(20) == 0)
        {
            Call();
            return;
        }

        OpcodeRow row = _rows[_random.Next(_rows.Length)];
        int immediate = Immediate(row);
        switch (row.Shape)
        {
            case InstructionShape.AluImmediate:
                Add(row.Operation, Any(), immediate: immediate);
                break;
            case InstructionShape.AluRegister or InstructionShape.MoveSigned:
                Add(row.Operation, Any(), Any());
                break;
            case InstructionShape.AluUnary:
                Add(row.Operation, Any());
                break;
            case InstructionShape.JumpImmediate or InstructionShape.JumpRegister when _branches < MostBranches:
                _branches++;
                landings.Add((_code.Count, 1 + _random.Next(6)));
                Add(row.Operation, Any(), row.UsesSourceRegister ? Any() : (byte)0, immediate: row.UsesSourceRegister ? 0 : immediate);
                break;
            case InstructionShape.Load or InstructionShape.LoadAcquire:
                Add(row.Operation, Any(), 10, Inside(row));
                break;
            case InstructionShape.StoreImmediate:
                Add(row.Operation, 10, 0, Inside(row), immediate);
                break;
            case InstructionShape.StoreRegister or InstructionShape.StoreRelease or InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange:
                Add(row.Operation, 10, Any(), Inside(row));
                break;
        }
    }

    private int Immediate(OpcodeRow row) => row.Immediate.Use == FieldUse.Fixed ? 0 : row.Alu is AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic
        ? _random.Next(row.OperandBits) : row.Alu is AluOperator.Divide or AluOperator.Modulo or AluOperator.SignedDivide or AluOperator.SignedModulo
        ? 1 + _random.Next(1000) : Immediates[_random.Next(Immediates.Length)];

    /// <summary>A place within a cell, aligned to what is accessed.</summary>
    private int Inside(OpcodeRow row) => Cell() + (_random.Next(8 / row.AccessSize) * row.AccessSize);

    private void Call()
    {
        _references.Add(new ExternReference(new SlotIndex(_code.Count), JitHelpers.Mix, ExternKind.NamedFunction, IsWeak: false));
        Add(Operation.CallNamed);
        for (byte register = 1; register <= 5; register++)
        {
            Add(Operation.Move64Register, register, _random.Next(2) == 0 ? (byte)0 : (byte)(7 + _random.Next(3)));
        }
    }

    private void Land(int branch) => _code[branch] = _code[branch] with { Offset = _code.Count - branch - 1 };

    private void Add(Operation operation, byte destination = 0, byte source = 0, int offset = 0, int immediate = 0)
        => _code.Add(new Instruction(operation, destination, source, offset, immediate));
}
