using System.Reflection.Emit;
using Skep.Execution.Semantics;
using Skep.Isa;
using Skep.Jit.Cil.Code;
using Skep.Programs;

namespace Skep.Jit.Cil.Emission;

/// <content>The stack, loads and stores, atomics.</content>
internal sealed partial class MethodEmitter
{
    // R10 of a frame: one past the end of a local, or a local that holds it.
    private readonly LocalBuilder?[] _frames;
    private int[] _frameBytes = [];

    private void DeclareFrames()
    {
        _frameBytes = new int[_method.Frames.Count];
        for (int frame = 0; frame < _frames.Length; frame++)
        {
            if (!_analysis.NeedsStack(frame))
            {
                continue;
            }

            if (FrameTypes.For(_method.Frames[frame].StackBytes) is { } type)
            {
                _frames[frame] = _il.DeclareLocal(type.Type);
                _frameBytes[frame] = type.Bytes;
            }
            else
            {
                // Room for all calls at once: a localloc in a loop would grow the stack each time round.
                _frameBytes[frame] = (_method.Frames[frame].StackBytes + 15) & -16;
                _frames[frame] = _il.DeclareLocal(typeof(nuint));
                _il.Emit(OpCodes.Ldc_I4, _frameBytes[frame]);
                _il.Emit(OpCodes.Conv_U);
                _il.Emit(OpCodes.Localloc);
                _il.Emit(OpCodes.Stloc, _frames[frame]!);
            }
        }
    }

    private void OpenFrame(int frame)
    {
        if (_method.HasBudget[frame])
        {
            _il.Emit(OpCodes.Ldc_I4, Contracts.InvocationLayout.MayGotoBudget);
            _il.Emit(OpCodes.Stloc, BudgetOf(frame));
        }

        LoweredFunction function = _method.Frames[frame];
        if (function.ClearsStack && _frames[frame] is not null)
        {
            PushFrameAddress(frame, 0);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Ldc_I4, _frameBytes[frame]);
            _il.Emit(OpCodes.Initblk);
        }
    }

    /// <summary>Pushes the address of a byte of the frame, counted from its first, as a native number.</summary>
    private void PushFrameAddress(int frame, int start)
    {
        LocalBuilder local = _frames[frame] ?? throw new InvalidOperationException($"Frame {frame} has no stack.");
        _il.Emit(local.LocalType == typeof(nuint) ? OpCodes.Ldloc : OpCodes.Ldloca, local);
        _il.Emit(OpCodes.Conv_U);
        if (start != 0)
        {
            _il.Emit(OpCodes.Ldc_I4, start);
            _il.Emit(OpCodes.Add);
        }
    }

    private void PushFramePointer(int frame, int offset) => PushFrameAddress(frame, _frameBytes[frame] + offset);

    /// <summary>Pushes the address of an access as a native number.</summary>
    private void PushAddress(int web, int offset)
    {
        if (_analysis.Stack.PointerOf(web) is { } pointer)
        {
            PushFramePointer(pointer.Frame, pointer.Offset + offset);
            return;
        }

        Push64(web);
        _il.Emit(OpCodes.Conv_U);
        if (offset != 0)
        {
            _il.Emit(OpCodes.Ldc_I4, offset);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Add);
        }
    }

    private void EmitLoad(int index, Step step)
    {
        OpcodeRow row = step.Row;
        PushAddress(_webs.Read(index, 0), step.Offset);
        _il.Emit((row.OperandBits, row.SignExtends) switch
        {
            (8, false) => OpCodes.Ldind_U1,
            (16, false) => OpCodes.Ldind_U2,
            (32, false) => OpCodes.Ldind_U4,
            (8, true) => OpCodes.Ldind_I1,
            (16, true) => OpCodes.Ldind_I2,
            (32, true) => OpCodes.Ldind_I4,
            _ => OpCodes.Ldind_I8,
        });
        if (row.SignExtends)
        {
            _il.Emit(OpCodes.Conv_I8);
        }

        Pop(_webs.Written(index), row.OperandBits <= 32 && !row.SignExtends);
    }

    private void EmitStoreImmediate(int index, Step step)
    {
        PushAddress(_webs.Read(index, 0), step.Offset);
        PushConstant(step.Immediate, step.Row.OperandBits <= 32);
        _il.Emit(StoreOf(step.Row.OperandBits));
    }

    private void EmitStoreRegister(int index, Step step)
    {
        PushAddress(_webs.Read(index, 0), step.Offset);
        Push(_webs.Read(index, 1), step.Row.OperandBits <= 32);
        _il.Emit(StoreOf(step.Row.OperandBits));
    }

    private static OpCode StoreOf(int bits) => bits switch
    {
        8 => OpCodes.Stind_I1,
        16 => OpCodes.Stind_I2,
        32 => OpCodes.Stind_I4,
        _ => OpCodes.Stind_I8,
    };

    private void EmitOrdered(int index, Step step)
    {
        bool isLoad = step.Row.Shape == InstructionShape.LoadAcquire;
        PushAddress(_webs.Read(index, 0), step.Offset);
        if (!isLoad)
        {
            Push64(_webs.Read(index, 1));
        }

        _il.Emit(OpCodes.Call, Meaning(typeof(Atomic), (isLoad ? nameof(Atomic.LoadAcquire8)[..^1] : nameof(Atomic.StoreRelease8)[..^1]) + step.Row.OperandBits));
        if (isLoad)
        {
            Pop64(_webs.Written(index));
        }
    }

    private void EmitAtomic(int index, Step step)
    {
        string name = step.Row.Atomic switch
        {
            AtomicOperator.Add => nameof(Atomic.FetchAdd32),
            AtomicOperator.Or => nameof(Atomic.FetchOr32),
            AtomicOperator.And => nameof(Atomic.FetchAnd32),
            AtomicOperator.ExclusiveOr => nameof(Atomic.FetchExclusiveOr32),
            AtomicOperator.Exchange => nameof(Atomic.Exchange32),
            _ => nameof(Atomic.CompareExchange32),
        };
        PushAddress(_webs.Read(index, 0), step.Offset);
        if (step.Row.Atomic == AtomicOperator.CompareExchange)
        {
            Push64(_webs.Read(index, 2));
        }

        Push64(_webs.Read(index, 1));
        _il.Emit(OpCodes.Call, Meaning(typeof(Atomic), name[..^2] + step.Row.OperandBits));
        Pop64(_webs.Written(index));
    }
}
