using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Execution.Semantics;
using Skep.Isa;
using Skep.Programs;

namespace Acme.Jit.Steps;

/// <summary>Does one instruction.</summary>
/// <returns>The next slot, or <see cref="StepMaker.End"/>.</returns>
internal unsafe delegate int Step(ulong* r, Invocation* invocation);

/// <summary>Makes the steps of a program. What an operation means is the core's to say (Skep.Execution.Semantics); a step only brings operands to it.</summary>
internal sealed unsafe class StepMaker(LoweredProgram program)
{
    public const int End = -1;

    public Step[] Make()
    {
        var steps = new Step[program.Instructions.Length];
        HashSet<int> paid = [.. program.FuelSlots.Select(slot => slot.Value)];
        for (int slot = 0; slot < steps.Length; slot += program.Instructions[slot].Row.Slots)
        {
            Step step = Make(program.Instructions[slot], slot);
            steps[slot] = paid.Contains(slot) ? Paid(step, slot) : step;
        }

        return steps;
    }

    private Step Make(Instruction i, int slot)
    {
        OpcodeRow row = i.Row;
        int next = slot + row.Slots;
        int target = (int)i.TargetFrom(slot);
        ulong immediate = (ulong)i.Immediate;
        return row.Shape switch
        {
            InstructionShape.AluImmediate => (r, _) => Set(r, i.Destination, ConstantEvaluator.Evaluate(row, r[i.Destination], immediate), next),
            InstructionShape.AluRegister or InstructionShape.MoveSigned => (r, _) => Set(r, i.Destination, ConstantEvaluator.Evaluate(row, r[i.Destination], r[i.Source]), next),
            InstructionShape.AluUnary => (r, _) => Set(r, i.Destination, ConstantEvaluator.Evaluate(row, r[i.Destination], 0), next),
            InstructionShape.LoadWide when i.Operation == Operation.LoadImmediate64 => (r, _) => Set(r, i.Destination, immediate, next),
            InstructionShape.Load => (r, _) => Set(r, i.Destination, Load(row, (byte*)r[i.Source] + i.Offset), next),
            InstructionShape.StoreImmediate => (r, _) => Store(row, (byte*)r[i.Destination] + i.Offset, immediate, next),
            InstructionShape.StoreRegister => (r, _) => Store(row, (byte*)r[i.Destination] + i.Offset, r[i.Source], next),
            InstructionShape.Jump => (_, _) => target,
            InstructionShape.JumpImmediate => (r, _) => ConstantEvaluator.IsTaken(row, r[i.Destination], immediate) ? target : next,
            InstructionShape.JumpRegister => (r, _) => ConstantEvaluator.IsTaken(row, r[i.Destination], r[i.Source]) ? target : next,
            InstructionShape.Call when i.Operation == Operation.CallHelper => Call(program.HelperCalls[(int)i.Immediate], slot, next),
            InstructionShape.Exit => (_, _) => End,
            _ => throw new NotSupportedException($"steps cannot do {row.Mnemonic} (slot {slot})"),
        };
    }

    private static int Set(ulong* r, byte register, ulong value, int next)
    {
        r[register] = value;
        return next;
    }

    private static Step Call(HelperCall call, int slot, int next) => (r, invocation) =>
    {
        r[0] = call.Call(invocation, slot, r[1], r[2], r[3], r[4], r[5]);
        return call.MayTrap && invocation->HasTrapped ? End : next;
    };

    /// <summary>Control pays one unit of fuel before the instruction, and traps where there is none left.</summary>
    private static Step Paid(Step step, int slot) => (r, invocation) =>
    {
        byte* fields = (byte*)invocation;
        ulong* fuel = (ulong*)(fields + InvocationLayout.Fuel);
        if (*fuel == 0)
        {
            *(int*)(fields + InvocationLayout.Slot) = slot;
            *(ulong*)(fields + InvocationLayout.TrapAddress) = 0;
            fields[InvocationLayout.TrapKind] = (byte)TrapKind.FuelExhausted;
            return End;
        }

        --*fuel;
        return step(r, invocation);
    };

    private static ulong Load(OpcodeRow row, byte* address) => (row.OperandBits, row.SignExtends) switch
    {
        (8, false) => Memory.Load8(address),
        (16, false) => Memory.Load16(address),
        (32, false) => Memory.Load32(address),
        (8, true) => Memory.LoadSigned8(address),
        (16, true) => Memory.LoadSigned16(address),
        (32, true) => Memory.LoadSigned32(address),
        _ => Memory.Load64(address),
    };

    private static int Store(OpcodeRow row, byte* address, ulong value, int next)
    {
        switch (row.OperandBits)
        {
            case 8: Memory.Store8(address, value); break;
            case 16: Memory.Store16(address, value); break;
            case 32: Memory.Store32(address, value); break;
            default: Memory.Store64(address, value); break;
        }

        return next;
    }
}
