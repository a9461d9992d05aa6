using Skep.Isa;
using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Analysis;

/// <summary>Which webs never hold more than 32 bits, and which of them are locals of 32 bits for that.</summary>
internal sealed class Widths
{
    // Rounds that chains of copies through loops may take; what is not settled by then counts as wide.
    private const int MaxRounds = 8;
    private const int DepthWeight = 8;
    private const int MaxDepth = 6;

    private readonly MethodCode _method;
    private readonly MethodFlow _flow;
    private readonly Webs _webs;
    private readonly bool[] _isZeroExtended;
    private readonly bool[] _isNarrow;

    public Widths(MethodCode method, MethodFlow flow, Webs webs)
    {
        _method = method;
        _flow = flow;
        _webs = webs;
        _isZeroExtended = new bool[webs.Count];
        _isNarrow = new bool[webs.Count];
        FindZeroExtended();
        ChooseNarrow();
    }

    /// <summary>Whether the upper half of a web is 0; of a frame pointer (a negative number) it is not.</summary>
    public bool IsZeroExtended(int web) => web >= 0 && _isZeroExtended[web];

    /// <summary>Whether a web is kept in 32 bits.</summary>
    public bool IsNarrow(int web) => web >= 0 && _isNarrow[web];

    /// <summary>Whether a 64-bit operation can be done in 32 bits, with a result that is zero-extended.</summary>
    public bool CanNarrow(int step)
    {
        Step now = _method.Steps[step];
        OpcodeRow row = now.Row;
        bool left = _webs.Reads(step) > 0 && IsZeroExtended(_webs.Read(step, 0));
        bool right = row.Shape is InstructionShape.AluRegister or InstructionShape.JumpRegister
            ? _webs.Reads(step) > 1 && IsZeroExtended(_webs.Read(step, 1))
            : now.Immediate is >= 0 and <= uint.MaxValue;
        return row.Alu switch
        {
            AluOperator.And => left || right,
            AluOperator.Or or AluOperator.ExclusiveOr or AluOperator.Divide or AluOperator.Modulo => left && right,
            AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic => row.Shape == InstructionShape.AluImmediate && left && (now.Immediate & 63) < 32,
            AluOperator.Move => row.Shape == InstructionShape.AluImmediate ? right : left,
            _ => row.IsBranch && left && right,
        };
    }

    private void FindZeroExtended()
    {
        Array.Fill(_isZeroExtended, true);
        for (int variable = 0; variable < _method.Variables; variable++)
        {
            if (_webs.Entering(variable) is >= 0 and int web)
            {
                _isZeroExtended[web] = false;
            }
        }

        bool hasChanged = true;
        for (int round = 0; hasChanged; round++)
        {
            hasChanged = false;
            for (int step = 0; step < _method.Steps.Count; step++)
            {
                int web = _webs.Written(step);
                if (web >= 0 && _isZeroExtended[web] && !GivesZeroExtended(step, round < MaxRounds))
                {
                    _isZeroExtended[web] = false;
                    hasChanged = true;
                }
            }
        }
    }

    /// <param name="trusts">Whether what is known of other webs so far counts.</param>
    private bool GivesZeroExtended(int step, bool trusts)
    {
        Step now = _method.Steps[step];
        OpcodeRow row = now.Row;
        return row.Shape switch
        {
            InstructionShape.LoadWide => now.Operation != Operation.LoadFunction && now.Immediate is >= 0 and <= uint.MaxValue,
            InstructionShape.Load => row.OperandBits <= 32 && !row.SignExtends,
            InstructionShape.LoadAcquire or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange => row.OperandBits <= 32,
            InstructionShape.LoadPacket => true,
            InstructionShape.Call => false,
            _ when !row.Is64Bit => true,
            InstructionShape.AluUnary => row.Alu != AluOperator.Negate && row.OperandBits <= 32,
            InstructionShape.AluImmediate when row.Alu == AluOperator.ShiftRight && (now.Immediate & 63) >= 32 => true,
            InstructionShape.AluImmediate when row.Alu == AluOperator.Modulo && now.Immediate is > 0 => true,
            InstructionShape.AluImmediate when row.Alu is AluOperator.Move or AluOperator.And && now.Immediate >= 0 => true,
            InstructionShape.AluImmediate or InstructionShape.AluRegister => trusts && GivesZeroExtendedOfOperands(step, row.Alu),
            _ => false,
        };
    }

    private bool GivesZeroExtendedOfOperands(int step, AluOperator alu) => alu switch
    {
        AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic or AluOperator.Divide or AluOperator.Modulo => IsZeroExtended(_webs.Read(step, 0)),
        _ => CanNarrow(step),
    };

    /// <summary>
    /// A narrow web costs an extension where all 64 bits are read, a wide one where 32-bit arithmetic writes it. Loads extend for nothing.
    /// </summary>
    private void ChooseNarrow()
    {
        long[] balance = new long[_webs.Count];
        for (int block = 0; block < _flow.Count; block++)
        {
            long weight = (long)Math.Pow(DepthWeight, Math.Min(_flow.Depths[block], MaxDepth));
            for (int step = _flow.Bounds[block]; step < _flow.Bounds[block + 1]; step++)
            {
                Weigh(step, weight, balance);
            }
        }

        for (int web = 0; web < _webs.Count; web++)
        {
            _isNarrow[web] = _isZeroExtended[web] && balance[web] >= 0;
        }
    }

    private void Weigh(int step, long weight, long[] balance)
    {
        Step now = _method.Steps[step];
        if (now.Operation == Operation.Invalid || _webs.Reads(step) == 0 && _webs.Written(step) < 0)
        {
            return;
        }

        int written = _webs.Written(step);
        bool isNarrow = IsDoneNarrow(step);
        if (written >= 0 && isNarrow && now.Row.Shape is not (InstructionShape.Load or InstructionShape.LoadWide) && now.Row.Alu != AluOperator.Move)
        {
            balance[written] += weight;
        }

        for (int use = 0; use < _webs.Reads(step); use++)
        {
            int web = _webs.Read(step, use);
            bool isValue = now.Row.Shape is InstructionShape.StoreRegister && use == 1;
            bool readsHalf = isValue ? now.Row.OperandBits <= 32 : isNarrow && !(now.Row.IsLoad || now.Row.IsStore);
            if (web >= 0 && !readsHalf && now.Row.Alu != AluOperator.Move)
            {
                balance[web] -= weight;
            }
        }
    }

    private bool IsDoneNarrow(int step)
    {
        OpcodeRow row = _method.Steps[step].Row;
        return row.Shape switch
        {
            InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.JumpImmediate or InstructionShape.JumpRegister => !row.Is64Bit || CanNarrow(step),
            InstructionShape.AluUnary => row.Alu == AluOperator.Negate ? !row.Is64Bit : row.OperandBits <= 32,
            InstructionShape.MoveSigned => !row.Is64Bit,
            InstructionShape.LoadPacket => true,
            _ => row.OperandBits is > 0 and <= 32,
        };
    }
}
