using System.Reflection.Emit;
using Skep.Contracts;
using Skep.Isa;
using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Emission;

/// <content>Branches, exits and fuel.</content>
internal sealed partial class MethodEmitter
{
    // What is left of the run's fuel, while the method itself runs; else it is in the invocation.
    private readonly LocalBuilder? _fuel;
    private readonly LocalBuilder?[] _budgets;

    private void EmitPseudo(Step step)
    {
        switch (step.Pseudo)
        {
            case Pseudo.OpenFrame:
                OpenFrame(step.Destination);
                break;
            case Pseudo.PayFuel:
                PayFuel(step.Slot);
                break;
        }
    }

    private void PayFuel(int slot)
    {
        Label trap = _il.DefineLabel();
        _fuelTraps.Add((trap, slot));
        _il.Emit(OpCodes.Ldloc, _fuel!);
        _il.Emit(OpCodes.Brfalse, trap);
        _il.Emit(OpCodes.Ldloc, _fuel!);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, _fuel!);
    }

    private LocalBuilder BudgetOf(int frame) => _budgets[frame] ??= _il.DeclareLocal(typeof(int));

    private void EmitMayGoto(Step step)
    {
        PayFuel(step.Slot);
        int frame = step.Destination / Registers.Count;
        _il.Emit(OpCodes.Ldloc, BudgetOf(frame));
        _il.Emit(OpCodes.Brfalse, LabelAt(step.Target));
        _il.Emit(OpCodes.Ldloc, BudgetOf(frame));
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, BudgetOf(frame));
    }

    private void EmitConditional(int index, Step step)
    {
        OpcodeRow row = step.Row;
        bool canNarrow = row.Is64Bit && _widths.CanNarrow(index);
        bool isNarrow = !row.Is64Bit || canNarrow;
        Label target = LabelAt(step.Target);
        bool isZero = row.Shape == InstructionShape.JumpImmediate && step.Immediate == 0;
        Push(_webs.Read(index, 0), isNarrow);
        if (isZero && row.Condition is (JumpCondition.Equal or JumpCondition.NotEqual))
        {
            _il.Emit(row.Condition == JumpCondition.Equal ? OpCodes.Brfalse : OpCodes.Brtrue, target);
            return;
        }

        PushRight(index, step, isNarrow);
        if (row.Condition == JumpCondition.AnyBitSet)
        {
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Brtrue, target);
            return;
        }

        // Two zero-extended numbers compare as their low halves do, without a sign.
        _il.Emit(BranchOf(canNarrow ? Unsigned(row.Condition) : row.Condition), target);
    }

    private static JumpCondition Unsigned(JumpCondition condition) => condition switch
    {
        JumpCondition.SignedGreaterThan => JumpCondition.GreaterThan,
        JumpCondition.SignedGreaterOrEqual => JumpCondition.GreaterOrEqual,
        JumpCondition.SignedLessThan => JumpCondition.LessThan,
        JumpCondition.SignedLessOrEqual => JumpCondition.LessOrEqual,
        _ => condition,
    };

    private static OpCode BranchOf(JumpCondition condition) => condition switch
    {
        JumpCondition.Equal => OpCodes.Beq,
        JumpCondition.NotEqual => OpCodes.Bne_Un,
        JumpCondition.GreaterThan => OpCodes.Bgt_Un,
        JumpCondition.GreaterOrEqual => OpCodes.Bge_Un,
        JumpCondition.LessThan => OpCodes.Blt_Un,
        JumpCondition.LessOrEqual => OpCodes.Ble_Un,
        JumpCondition.SignedGreaterThan => OpCodes.Bgt,
        JumpCondition.SignedGreaterOrEqual => OpCodes.Bge,
        JumpCondition.SignedLessThan => OpCodes.Blt,
        JumpCondition.SignedLessOrEqual => OpCodes.Ble,
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "not a comparison"),
    };

    private void EmitExit(int index)
    {
        SaveFuel();
        Push64(_webs.Read(index, 0));
        _il.Emit(OpCodes.Ret);
    }

    private void ReadFuel()
    {
        if (_fuel is not null)
        {
            PushInvocation(InvocationLayout.Fuel);
            _il.Emit(OpCodes.Ldind_I8);
            _il.Emit(OpCodes.Stloc, _fuel);
        }
    }

    private void SaveFuel()
    {
        if (_fuel is not null)
        {
            PushInvocation(InvocationLayout.Fuel);
            _il.Emit(OpCodes.Ldloc, _fuel);
            _il.Emit(OpCodes.Stind_I8);
        }
    }

    /// <summary>Pushes the address of a field of the invocation.</summary>
    private void PushInvocation(int offset)
    {
        _il.Emit(OpCodes.Ldarg_1);
        if (offset != 0)
        {
            _il.Emit(OpCodes.Ldc_I4, offset);
            _il.Emit(OpCodes.Add);
        }
    }

    /// <summary>What is rarely reached, after all that is not: the ends of runs that are over.</summary>
    private void EmitEnds()
    {
        foreach ((Label label, int slot) in _fuelTraps)
        {
            _il.MarkLabel(label);
            SaveFuel();
            PushInvocation(InvocationLayout.TrapKind);
            _il.Emit(OpCodes.Ldc_I4, (int)TrapKind.FuelExhausted);
            _il.Emit(OpCodes.Stind_I1);
            PushInvocation(InvocationLayout.TrapAddress);
            _il.Emit(OpCodes.Ldc_I8, 0L);
            _il.Emit(OpCodes.Stind_I8);
            PushInvocation(InvocationLayout.Slot);
            _il.Emit(OpCodes.Ldc_I4, slot);
            _il.Emit(OpCodes.Stind_I4);
            _il.Emit(OpCodes.Ldc_I8, 0L);
            _il.Emit(OpCodes.Ret);
        }

        if (_isLeft)
        {
            _il.MarkLabel(_leave);
            _il.Emit(OpCodes.Ldc_I8, 0L);
            _il.Emit(OpCodes.Ret);
        }
    }

    private void LeaveWhenTrapped()
    {
        PushInvocation(InvocationLayout.TrapKind);
        _il.Emit(OpCodes.Ldind_U1);
        _il.Emit(OpCodes.Brtrue, _leave);
        _isLeft = true;
    }
}
