using Skep.Isa;
using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Analysis;

/// <summary>
/// Makes variables of stack slots that are only ever accessed as a whole and that nothing else can reach.
/// </summary>
/// <remarks>
/// A helper reaches from an address that it is given upwards, so slots below every address that escapes are safe from it. Where a
/// frame's address goes anywhere else (into memory, a function, arithmetic that is not adding a constant, a helper that calls back), all of the frame
/// stays memory.
/// </remarks>
internal sealed class StackPromotion
{
    private readonly MethodCode _method;
    private readonly Webs _webs;
    private readonly StackPointers _pointers;
    private readonly int[] _escapesFrom;
    private readonly List<Access> _accesses = [];

    private StackPromotion(MethodCode method, Webs webs, StackPointers pointers)
    {
        _method = method;
        _webs = webs;
        _pointers = pointers;
        _escapesFrom = new int[method.Frames.Count];
        Array.Fill(_escapesFrom, 0);
    }

    public static void Run(MethodCode method, Webs webs, StackPointers pointers)
    {
        var promotion = new StackPromotion(method, webs, pointers);
        for (int step = 0; step < method.Steps.Count; step++)
        {
            promotion.Note(step);
        }

        promotion.Rewrite(promotion.FindSlots());
    }

    private void Note(int step)
    {
        Step now = _method.Steps[step];
        for (int use = 0; use < _webs.Reads(step); use++)
        {
            if (_pointers.PointerOf(_webs.Read(step, use)) is not { } pointer)
            {
                continue;
            }

            OpcodeRow row = now.Row;
            if (use == 0 && (row.IsLoad || row.IsStore))
            {
                bool isPlain = row.Shape is InstructionShape.Load or InstructionShape.StoreImmediate or InstructionShape.StoreRegister;
                _accesses.Add(new Access(pointer.Frame, pointer.Offset + now.Offset, row.AccessSize, step, isPlain));
            }
            else if (now.Operation == Operation.CallHelper && !_method.Program.HelperCalls[(int)now.Immediate].MayTrap)
            {
                _escapesFrom[pointer.Frame] = Math.Min(_escapesFrom[pointer.Frame], pointer.Offset);
            }
            else if (!StackPointers.IsCopy(now) || _pointers.PointerOf(_webs.Written(step)) is null)
            {
                _escapesFrom[pointer.Frame] = int.MinValue;
            }
        }
    }

    /// <summary>By step: the variable that its access is of.</summary>
    private Dictionary<int, int> FindSlots()
    {
        var slots = new Dictionary<int, int>();
        _accesses.Sort((left, right) => (left.Frame, left.Offset, left.Step).CompareTo((right.Frame, right.Offset, right.Step)));
        int first = 0;
        while (first < _accesses.Count)
        {
            Access access = _accesses[first];
            int end = access.End;
            bool isWhole = access.Size is 4 or 8;
            int next = first;
            for (; next < _accesses.Count && _accesses[next].Frame == access.Frame && (_accesses[next].Offset < end || next == first); next++)
            {
                end = Math.Max(end, _accesses[next].End);
                isWhole &= _accesses[next].IsPlain && _accesses[next].Offset == access.Offset && _accesses[next].Size == access.Size;
            }

            if (isWhole && end <= _escapesFrom[access.Frame])
            {
                int variable = _method.NewSlotVariable();
                for (int i = first; i < next; i++)
                {
                    slots[_accesses[i].Step] = variable;
                }
            }

            first = next;
        }

        return slots;
    }

    private void Rewrite(Dictionary<int, int> slots)
    {
        if (slots.Count == 0)
        {
            return;
        }

        ILookup<int, int> variables = slots.ToLookup(entry => _accesses.Find(access => access.Step == entry.Key).Frame, entry => entry.Value);
        var rewritten = new List<Step>(_method.Steps.Count);
        int[] moved = new int[_method.Steps.Count + 1];
        for (int step = 0; step < _method.Steps.Count; step++)
        {
            Step now = _method.Steps[step];
            moved[step] = rewritten.Count;
            rewritten.Add(slots.TryGetValue(step, out int variable) ? AsMove(now, variable) : now);
            if (now.Pseudo == Pseudo.OpenFrame && _method.Frames[now.Destination].ClearsStack)
            {
                rewritten.AddRange(variables[now.Destination].Distinct().Select(cleared => new Step(Operation.Move64Immediate, cleared, 0, 0, 0, -1, now.Slot)));
            }
        }

        moved[^1] = rewritten.Count;
        _method.Steps.Clear();
        _method.Steps.AddRange(rewritten.Select(step => step.IsBranch ? step with { Target = moved[step.Target] } : step));
    }

    private static Step AsMove(Step access, int variable)
    {
        OpcodeRow row = access.Row;
        (Operation operation, bool isLoad) = (row.Shape, row.OperandBits) switch
        {
            (InstructionShape.Load, 32) => (row.SignExtends ? Operation.MoveSigned32To64 : Operation.Move32Register, true),
            (InstructionShape.Load, _) => (Operation.Move64Register, true),
            (InstructionShape.StoreRegister, 32) => (Operation.Move32Register, false),
            (InstructionShape.StoreRegister, _) => (Operation.Move64Register, false),
            (_, 32) => (Operation.Move32Immediate, false),
            _ => (Operation.Move64Immediate, false),
        };
        return new Step(operation, isLoad ? access.Destination : variable, isLoad ? variable : access.Source, 0, access.Immediate, -1, access.Slot);
    }

    private readonly record struct Access(int Frame, int Offset, int Size, int Step, bool IsPlain)
    {
        public int End => Offset + Size;
    }
}
