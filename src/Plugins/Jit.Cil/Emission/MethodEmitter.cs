using System.Collections.Immutable;
using System.Reflection.Emit;
using Skep.Isa;
using Skep.Jit.Cil.Analysis;
using Skep.Jit.Cil.Code;
using Skep.Jit.Cil.Listing;

namespace Skep.Jit.Cil.Emission;

/// <summary>
/// Writes a method's CIL: a statement a step, a local a web. Trees, rotations, addressing modes and registers are made of it by the .NET JIT, which sees
/// through locals that are written and read once; what it cannot see is the width of numbers and what the stack is, and that is decided here.
/// </summary>
internal sealed partial class MethodEmitter
{
    private readonly ILGenerator _il;
    private readonly MethodCode _method;
    private readonly MethodAnalysis _analysis;
    private readonly Webs _webs;
    private readonly Widths _widths;
    private readonly IMethodTable _methods;
    private readonly bool _blinds;
    private readonly ulong _key;
    private readonly LocalBuilder[] _locals;
    private readonly Label[] _labels;
    private readonly List<(Label Label, int Slot)> _fuelTraps = [];
    private readonly Label _leave;
    private bool _isLeft;

    public MethodEmitter(ILGenerator il, MethodCode method, MethodAnalysis analysis, IMethodTable methods, ulong? blindingKey)
    {
        _il = il;
        _method = method;
        _analysis = analysis;
        _webs = analysis.Webs;
        _widths = analysis.Widths;
        _methods = methods;
        _blinds = blindingKey is not null;
        _key = blindingKey ?? 0;
        _leave = il.DefineLabel();
        _labels = [.. Enumerable.Range(0, analysis.Flow.Count).Select(_ => il.DefineLabel())];
        _locals = DeclareLocals();
        _frames = new LocalBuilder?[method.Frames.Count];
        _budgets = new LocalBuilder?[method.Frames.Count];
        _fuel = _method.Steps.Exists(step => step.Pseudo == Pseudo.PayFuel || step.Operation == Operation.MayGoto) ? il.DeclareLocal(typeof(ulong)) : null;
    }

    /// <param name="parameters">The registers that the method takes, bit n for Rn, in order after the program's objects and the invocation.</param>
    public void Emit(int parameters)
    {
        DeclareFrames();
        ReadParameters(parameters);
        ReadFuel();
        MethodFlow flow = _analysis.Flow;
        for (int block = 0; block < flow.Count; block++)
        {
            _il.MarkLabel(_labels[block]);
            for (int step = flow.Bounds[block]; step < flow.Bounds[block + 1]; step++)
            {
                if (!IsVisited(_method.Steps[step].Slot))
                {
                    EmitNeverReached();
                    break;
                }

                EmitStep(step);
            }
        }

        EmitEnds();
    }

    /// <summary>Whether control can come to a slot with the values that are possible.</summary>
    private bool IsVisited(int slot)
    {
        ImmutableArray<bool> visited = _method.Program.Verified.Facts.Visited;
        return visited.IsEmpty || visited[_method.Program.OriginalSlots[slot]];
    }

    /// <summary>
    /// Code that the verifier proved dead is left out, and not only because it costs: a loop that never ends may stand there, and the .NET JIT, counting the rounds of one whose step is 0, takes
    /// all memory there is.
    /// </summary>
    private void EmitNeverReached()
    {
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Ret);
    }

    private void EmitStep(int index)
    {
        Step step = _method.Steps[index];
        if (_il is ListingGenerator listing)
        {
            listing.Slot = step.Slot;
        }

        if (step.Operation == Operation.Invalid)
        {
            EmitPseudo(step);
            return;
        }

        if (_analysis.Liveness.IsDead[index])
        {
            return;
        }

        switch (step.Row.Shape)
        {
            case InstructionShape.AluImmediate or InstructionShape.AluRegister: EmitAlu(index, step); break;
            case InstructionShape.AluUnary: EmitUnary(index, step); break;
            case InstructionShape.MoveSigned: EmitMoveSigned(index, step); break;
            case InstructionShape.LoadWide: EmitLoadWide(index, step); break;
            case InstructionShape.Load: EmitLoad(index, step); break;
            case InstructionShape.StoreImmediate: EmitStoreImmediate(index, step); break;
            case InstructionShape.StoreRegister: EmitStoreRegister(index, step); break;
            case InstructionShape.LoadAcquire or InstructionShape.StoreRelease: EmitOrdered(index, step); break;
            case InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange: EmitAtomic(index, step); break;
            case InstructionShape.LoadPacket: EmitLoadPacket(index, step); break;
            case InstructionShape.Jump: _il.Emit(OpCodes.Br, LabelAt(step.Target)); break;
            case InstructionShape.JumpImmediate or InstructionShape.JumpRegister: EmitConditional(index, step); break;
            case InstructionShape.MayGoto: EmitMayGoto(step); break;
            case InstructionShape.Call when step.Operation == Operation.CallHelper: EmitHelperCall(index, step); break;
            case InstructionShape.Call when step.Operation == Operation.CallLocal: EmitLocalCall(index, step); break;
            case InstructionShape.Exit: EmitExit(index); break;
            default: throw new NotSupportedException($"Slot {step.Slot} has operation {step.Operation}, which no proved program has.");
        }
    }

    private Label LabelAt(int step) => _labels[_analysis.Flow.BlockAt(step)];

    private LocalBuilder[] DeclareLocals()
    {
        var locals = new LocalBuilder[_webs.Count];
        var shared = new Dictionary<int, LocalBuilder>();
        for (int web = 0; web < locals.Length; web++)
        {
            if (!_analysis.SharesLocals)
            {
                locals[web] = _il.DeclareLocal(_widths.IsNarrow(web) ? typeof(uint) : typeof(ulong));
                continue;
            }

            // Webs of one variable are never live at once.
            int variable = _webs.VariableOf[web];
            if (!shared.TryGetValue(variable, out LocalBuilder? local))
            {
                shared[variable] = local = _il.DeclareLocal(typeof(ulong));
            }

            locals[web] = local;
        }

        return locals;
    }

    private bool IsNarrow(int web) => !_analysis.SharesLocals && _widths.IsNarrow(web);

    /// <summary>Pushes all 64 bits of a web or of a frame's R10.</summary>
    private void Push64(int web)
    {
        if (web < 0)
        {
            PushFramePointer(~web, 0);
            _il.Emit(OpCodes.Conv_U8);
            return;
        }

        _il.Emit(OpCodes.Ldloc, _locals[web]);
        if (IsNarrow(web))
        {
            _il.Emit(OpCodes.Conv_U8);
        }
    }

    /// <summary>Pushes the low half.</summary>
    private void Push32(int web)
    {
        if (web < 0)
        {
            PushFramePointer(~web, 0);
            _il.Emit(OpCodes.Conv_U4);
            return;
        }

        _il.Emit(OpCodes.Ldloc, _locals[web]);
        if (!IsNarrow(web))
        {
            _il.Emit(OpCodes.Conv_U4);
        }
    }

    /// <summary>Takes a result of 64 bits.</summary>
    private void Pop64(int web)
    {
        if (web < 0)
        {
            _il.Emit(OpCodes.Pop);
            return;
        }

        if (IsNarrow(web))
        {
            _il.Emit(OpCodes.Conv_U4);
        }

        _il.Emit(OpCodes.Stloc, _locals[web]);
    }

    /// <summary>Takes a result of 32 bits, which is zero-extended.</summary>
    private void Pop32(int web)
    {
        if (web < 0)
        {
            _il.Emit(OpCodes.Pop);
            return;
        }

        if (!IsNarrow(web))
        {
            _il.Emit(OpCodes.Conv_U8);
        }

        _il.Emit(OpCodes.Stloc, _locals[web]);
    }

    private void Pop(int web, bool isNarrow)
    {
        if (isNarrow)
        {
            Pop32(web);
        }
        else
        {
            Pop64(web);
        }
    }

    private void Push(int web, bool isNarrow)
    {
        if (isNarrow)
        {
            Push32(web);
        }
        else
        {
            Push64(web);
        }
    }

    /// <summary>
    /// Pushes a number that the program chose. Where hosts want it, it does not appear in code: the code has it under a key that it
    /// reads from memory. Numbers of 8 bits are left alone: nobody builds code of them.
    /// </summary>
    private void PushConstant(long value, bool isNarrow)
    {
        bool blinds = _blinds && value is (< sbyte.MinValue or > sbyte.MaxValue);
        if (isNarrow)
        {
            _il.Emit(OpCodes.Ldc_I4, (int)value ^ (blinds ? (int)_key : 0));
        }
        else
        {
            _il.Emit(OpCodes.Ldc_I8, value ^ (blinds ? (long)_key : 0));
        }

        if (blinds)
        {
            _il.Emit(OpCodes.Ldarg_0);
            _il.Emit(OpCodes.Ldfld, ProgramObjects.KeyField);
            if (isNarrow)
            {
                _il.Emit(OpCodes.Conv_U4);
            }

            _il.Emit(OpCodes.Xor);
        }
    }
}
