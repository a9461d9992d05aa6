using Skep.Isa;

namespace Skep.TestPrograms.Generation;

/// <content>Numbers: arithmetic, bounds, branches and loops.</content>
internal sealed partial class ProgramGenerator
{
    private const int BitTest = (Operation.JumpAnyBitSet64Immediate - Operation.JumpEqual64Immediate) / 2;

    private void Arithmetic()
    {
        for (int i = _random.Between(1, 4); i > 0; i--)
        {
            byte register = PickNumber();
            if (_isSharp && _random.OneIn(4))
            {
                Unary(register);
                continue;
            }

            int first = (int)(_random.OneIn(3) ? Operation.Add32Immediate : Operation.Add64Immediate);
            int pairs = (Operation.ExclusiveOr64Register - Operation.Add64Immediate + 1) / 2;
            var operation = (Operation)(first + (2 * _random.Below(pairs + 1)));
            if (operation is Operation.Move64Immediate or Operation.Move32Immediate)
            {
                operation = operation == Operation.Move64Immediate ? Operation.ShiftRightArithmetic64Immediate : Operation.ShiftRightArithmetic32Immediate;
            }

            if (IsKnownLess(operation) && !_isSharp)
            {
                operation = Operation.Add64Immediate;
            }

            if (_random.OneIn(3) && (_isSharp || !IsShift(operation)))
            {
                byte other = PickNumber();
                bool isOther = other != register || _isSharp;
                Emit(isOther ? operation + 1 : operation, register, isOther ? other : 0, immediate: isOther ? 0 : 1);
            }
            else
            {
                Emit(operation, register, immediate: ImmediateOf(operation));
            }

            Set(register, new RegisterModel(Holds.Number));
            if (_random.OneIn(3))
            {
                byte copy = PickFree();
                Emit(_random.OneIn(3) ? Operation.Move32Register : Operation.Move64Register, copy, register);
                Set(copy, new RegisterModel(Holds.Number));
            }
        }
    }

    internal static bool IsDivision(Operation operation)
        => OpcodeTable.Row(operation).Alu is AluOperator.Divide or AluOperator.SignedDivide or AluOperator.Modulo or AluOperator.SignedModulo;

    /// <summary>The kernel knows less of the result.</summary>
    internal static bool IsKnownLess(Operation operation) => IsDivision(operation) || OpcodeTable.Row(operation).Alu == AluOperator.Multiply;

    internal static bool IsShift(Operation operation)
        => OpcodeTable.Row(operation).Alu is AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic;

    private void Unary(byte register)
    {
        var operation = (Operation)_random.Pick<int>(
        [
            (int)Operation.Negate64, (int)Operation.Negate32, (int)Operation.ToBigEndian16, (int)Operation.ToBigEndian32, (int)Operation.ToBigEndian64,
            (int)Operation.ToLittleEndian16, (int)Operation.SwapBytes64, (int)Operation.MoveSigned8To64, (int)Operation.MoveSigned16To64,
            (int)Operation.MoveSigned32To64, (int)Operation.MoveSigned8To32, (int)Operation.MoveSigned16To32,
        ]);
        Emit(operation, register, operation >= Operation.ToLittleEndian16 || operation is Operation.Negate64 or Operation.Negate32 ? 0 : register);
        Set(register, new RegisterModel(Holds.Number));
    }

    private long ImmediateOf(Operation operation)
    {
        string name = operation.ToString();
        if (name.StartsWith("Shift", StringComparison.Ordinal))
        {
            return _random.OneIn(50) ? _random.Between(0, 70) : _random.Below(name.Contains("32", StringComparison.Ordinal) ? 32 : 64);
        }

        long value = _random.OneIn(2) ? _random.Between(-16, 64) : (int)_random.Number();
        return value == 0 && (name.StartsWith("Div", StringComparison.Ordinal) || name.Contains("Mod", StringComparison.Ordinal) || name.Contains("SignedDiv", StringComparison.Ordinal)) ? 7 : value;
    }

    /// <summary>Makes a number small and not negative, in one of the ways that people use.</summary>
    private void Bound() => MakeBounded(_random.Pick<int>([1, 3, 7, 15, 31, 40, 47, 63, 255]));

    private byte MakeBounded(int most)
    {
        byte register = PickNumber();
        switch (_random.Below(6))
        {
            case 0 or 1:
                Emit(_random.OneIn(4) ? Operation.And32Immediate : Operation.And64Immediate, register, immediate: most & (most >> 1) + 1 | most >> 1);
                break;
            case 2 when _isSharp:
                Emit(_random.OneIn(3) ? Operation.Modulo32Immediate : Operation.Modulo64Immediate, register, immediate: most + 1);
                break;
            case 3:
                Emit(Operation.ShiftRight64Immediate, register, immediate: 64 - System.Numerics.BitOperations.Log2((uint)most + 1));
                break;
            case 4:
                // Over the bound: leave, or make it 0.
                Emit(_random.OneIn(4) ? Operation.JumpLessOrEqual32Immediate : _random.OneIn(5) ? Operation.JumpSignedLessOrEqual64Immediate : Operation.JumpLessOrEqual64Immediate, register, offset: 1, immediate: most);
                Emit(Operation.Move64Immediate, register, immediate: 0);
                break;
            default:
                Emit(_random.OneIn(3) ? Operation.JumpLessThan32Immediate : Operation.JumpLessThan64Immediate, register, offset: 2, immediate: most + 1);
                Emit(Operation.Move64Immediate, 0, immediate: 0);
                Emit(Operation.Exit);
                break;
        }

        Set(register, new RegisterModel(Holds.Bounded, Bound: most));
        return register;
    }

    private void If()
    {
        if (_depth >= 3 || _code.Count > MostSlots)
        {
            return;
        }

        if (_random.OneIn(2) && Find(model => model.MayBeNull) is { } pointer)
        {
            CheckNull(pointer);
            return;
        }

        byte register = PickNumber();
        bool is32 = _random.OneIn(3);
        var operation = (Operation)((int)(is32 ? Operation.JumpEqual32Immediate : Operation.JumpEqual64Immediate) + (2 * (_random.Below(11) is var condition && condition == BitTest && !_isSharp ? 0 : condition)));
        int jump = _code.Count;
        if (_random.OneIn(3))
        {
            byte other = PickNumber();
            jump = _code.Count;
            Emit(other == register && !_isSharp ? operation : operation + 1, register, other == register && !_isSharp ? 0 : other);
        }
        else
        {
            Emit(operation, register, immediate: _random.OneIn(2) ? _random.Between(-4, 64) : (int)_random.Number());
        }

        _depth++;
        (RegisterModel[], RegisterModel[], int) before = Save();
        Block(_random.Between(0, 4));
        if (_random.OneIn(6))
        {
            Finish();
            Aim(jump);
            Restore(before);
        }
        else if (_random.OneIn(2))
        {
            int over = _code.Count;
            Emit(Operation.Jump);
            Aim(jump);
            (RegisterModel[], RegisterModel[], int) after = Save();
            Restore(before);
            Block(_random.Between(1, 4));
            Aim(over);
            Merge(after);
        }
        else
        {
            Aim(jump);
            Merge(before);
        }

        _depth--;
    }

    /// <summary>The branch at a slot goes to what comes next.</summary>
    private void Aim(int slot) => _code[slot] = _code[slot] with { Offset = _code.Count - slot - 1 };

    private void CheckNull(byte register)
    {
        RegisterModel model = _registers[register];
        Holds kind = model.Kind == Holds.MapValueOrNull ? Holds.MapValue : Holds.Record;
        if (_random.OneIn(3))
        {
            // Leave where it is null.
            Emit(Operation.JumpNotEqual64Immediate, register, offset: 2);
            Emit(Operation.Move64Immediate, 0, immediate: 0);
            Emit(Operation.Exit);
            Become(model, kind);
            return;
        }

        int jump = _code.Count;
        Emit(Operation.JumpEqual64Immediate, register);
        (RegisterModel[], RegisterModel[], int) before = Save();
        _depth++;
        Become(model, kind);
        for (int i = _random.Between(1, 3); i > 0; i--)
        {
            Access();
        }

        Block(_random.Between(0, 2));
        if (kind == Holds.Record)
        {
            Submit();
        }

        _depth--;
        Aim(jump);
        Merge(before);
    }

    /// <summary>What was the same pointer is no longer null.</summary>
    private void Become(RegisterModel was, Holds kind)
    {
        for (int i = 0; i < _registers.Length; i++)
        {
            if (_registers[i] == was)
            {
                _registers[i] = was with { Kind = kind };
            }
        }
    }

    private void Loop()
    {
        if (_depth >= 2)
        {
            return;
        }

        byte counter = (byte)_random.Between(7, 9);
        if ((_kept >> counter & 1) != 0)
        {
            return;
        }

        Emit(Operation.Move64Immediate, counter, immediate: _random.Below(3));
        for (int i = 0; i < _registers.Length; i++)
        {
            _registers[i] = _registers[i].Kind == Holds.Bounded ? new RegisterModel(Holds.Number) : _registers[i];
        }

        Set(counter, new RegisterModel(Holds.Bounded, Bound: 32));
        (RegisterModel[], RegisterModel[], int) before = Save();
        bool isMayGoto = _random.OneIn(25) && !isDeterministic;
        int top = _code.Count;
        if (isMayGoto)
        {
            Emit(Operation.MayGoto);
        }

        _depth += 2;
        _kept |= 1 << counter;
        Block(_random.Between(0, 3));
        _kept &= ~(1 << counter);
        _depth -= 2;
        int step = _random.OneIn(200) ? _random.Between(-1, 0) : _random.Between(1, 3);
        Emit(Operation.Add64Immediate, counter, immediate: step);
        if (isMayGoto)
        {
            Emit(Operation.Jump, offset: top - _code.Count - 1);
            Aim(top);
        }
        else
        {
            Operation operation = step == 1 && _random.OneIn(2) ? Operation.JumpNotEqual64Immediate : _random.OneIn(3) ? Operation.JumpSignedLessThan32Immediate : Operation.JumpLessThan64Immediate;
            Emit(operation, counter, offset: top - _code.Count - 1, immediate: operation == Operation.JumpNotEqual64Immediate ? 12 : _random.Between(1, 20));
        }

        Merge(before);
    }
}
