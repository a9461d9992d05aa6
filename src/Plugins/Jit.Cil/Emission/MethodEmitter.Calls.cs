using System.Reflection;
using System.Reflection.Emit;
using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Isa;
using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Emission;

/// <content>Calls of helpers and functions, and packet loads.</content>
internal sealed partial class MethodEmitter
{
    private void ReadParameters(int parameters)
    {
        int argument = 2;
        for (int register = 1; register <= 5; register++)
        {
            if ((parameters >> register & 1) == 0)
            {
                continue;
            }

            int web = _webs.Entering(MethodCode.Variable(0, register));
            if (web >= 0)
            {
                _il.Emit(OpCodes.Ldarg, (short)argument);
                Pop64(web);
            }

            argument++;
        }
    }

    private static readonly MethodInfo ProcessorNumberMethod = typeof(HelperIntrinsics).GetMethod(nameof(HelperIntrinsics.ProcessorNumber))!;

    private void PopResult(int index) => Pop64(_webs.Written(index) is var web && _analysis.IsRead(web) ? web : -1);

    private void EmitHelperCall(int index, Step step)
    {
        HelperCall call = _method.Program.HelperCalls[(int)step.Immediate];
        if (call.Binding.Descriptor.Intrinsic == HelperIntrinsic.ProcessorNumber)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Call, ProcessorNumberMethod);
            PopResult(index);
            return;
        }

        int arguments = _analysis.Operands.Arguments(step);
        if (call.NativeFunction != 0)
        {
            _il.Emit(OpCodes.Ldc_I8, (long)call.NativeFunction);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Ldarg_1);
            PushArguments(index, arguments, passed: arguments == 0 ? 0 : 0b11_1110);
            _il.Emit(OpCodes.Call, NativeCalls.For(hasArguments: arguments != 0));
            PopResult(index);
            return;
        }

        if (call.MayTrap)
        {
            // Callbacks and iterators pay from the same purse.
            SaveFuel();
        }

        if (!call.HasEffects)
        {
            PushInvocation(InvocationLayout.Slot);
            _il.Emit(OpCodes.Ldc_I4, step.Slot);
            _il.Emit(OpCodes.Stind_I4);
        }

        _il.Emit(OpCodes.Ldarg_0);
        ProgramObjects.EmitHelper(_il, (int)step.Immediate);
        _il.Emit(OpCodes.Ldarg_1);
        if (call.HasEffects)
        {
            _il.Emit(OpCodes.Ldc_I4, step.Slot);
        }

        PushArguments(index, arguments, passed: 0b11_1110);
        _il.Emit(OpCodes.Call, call.HasEffects ? ProgramObjects.CallMethod : ProgramObjects.InvokeMethod);
        if (call.IsTailCall)
        {
            ReturnWhenReplaced();
        }

        PopResult(index);
        if (call.MayTrap)
        {
            LeaveWhenTrapped();
            ReadFuel();
        }
    }

    /// <summary>With R0 on the evaluation stack: returns it when another program took the place of the function. Such functions are not inlined.</summary>
    private void ReturnWhenReplaced()
    {
        LocalBuilder result = _result ??= _il.DeclareLocal(typeof(long));
        Label goesOn = _il.DefineLabel();
        _il.Emit(OpCodes.Stloc, result);
        PushInvocation(InvocationLayout.IsReplaced);
        _il.Emit(OpCodes.Ldind_U1);
        _il.Emit(OpCodes.Brfalse, goesOn);
        _il.Emit(OpCodes.Ldloc, result);
        _il.Emit(OpCodes.Ret);
        _il.MarkLabel(goesOn);
        _il.Emit(OpCodes.Ldloc, result);
    }

    private void EmitLocalCall(int index, Step step)
    {
        CompiledMethod callee = _methods.Of((int)step.Immediate);

        // What may trap may also have helpers that take fuel: iterators and callbacks.
        bool mayEnd = callee.Traits.MayTrap || callee.Traits.PaysFuel;
        if (mayEnd)
        {
            SaveFuel();
        }

        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldarg_1);
        PushArguments(index, _analysis.Operands.Arguments(step), callee.Parameters);
        _il.Emit(OpCodes.Call, callee.Method);
        PopResult(index);
        if (mayEnd)
        {
            LeaveWhenTrapped();
            ReadFuel();
        }
    }

    /// <param name="arguments">The registers that the callee reads, bit n for Rn; the step reads exactly those.</param>
    /// <param name="passed">The registers that it is passed: what it does not read is 0.</param>
    private void PushArguments(int index, int arguments, int passed)
    {
        int read = 0;
        for (int register = 1; register <= 5; register++)
        {
            if ((arguments >> register & 1) != 0)
            {
                Push64(_webs.Read(index, read++));
            }
            else if ((passed >> register & 1) != 0)
            {
                _il.Emit(OpCodes.Ldc_I4_0);
                _il.Emit(OpCodes.Conv_U8);
            }
        }
    }

    /// <summary>A load outside of the packet ends the function with 0; such functions are not inlined.</summary>
    private void EmitLoadPacket(int index, Step step)
    {
        OpcodeRow row = step.Row;
        LocalBuilder loaded = _result ??= _il.DeclareLocal(typeof(long));
        Label inside = _il.DefineLabel();
        _il.Emit(OpCodes.Ldarg_1);
        PushConstant((int)step.Immediate, isNarrow: true);
        if (row.ReadsSource)
        {
            Push32(_webs.Read(index, 0));
            _il.Emit(OpCodes.Add);
        }

        _il.Emit(OpCodes.Call, PacketLoads.Of(row.OperandBits));
        _il.Emit(OpCodes.Stloc, loaded);
        _il.Emit(OpCodes.Ldloc, loaded);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Bge, inside);
        SaveFuel();
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Ret);
        _il.MarkLabel(inside);
        _il.Emit(OpCodes.Ldloc, loaded);
        PopResult(index);
    }

    private LocalBuilder? _result;
}
