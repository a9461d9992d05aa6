using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Isa;

namespace Skep.Execution.Interpreter;

/// <content>Calls of helpers: what is checked before, what is remembered after, and what is given back in the end.</content>
internal sealed unsafe partial class Interpreter<TMode>
{
    // Moving this many regions of the table costs the program one instruction's worth of fuel.
    private const int MovesPerFuel = 16;

    // Calls of helpers take from tens of nanoseconds (a look-up) to microseconds (a system call, a line of trace). Fuel has to bound the time of a run,
    // not only the number of its instructions.
    private const ulong HelperFuel = 100;

    /// <summary>What comes after a helper.</summary>
    private enum Next
    {
        /// <summary>The run is over.</summary>
        Leave,

        Instruction,

        /// <summary>Another program has taken the place of the function.</summary>
        Exit,
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Next CallHelper(RunState* state, ulong* r, int index, Instruction* instruction)
    {
        Invocation* invocation = state->Invocation;
        invocation->Slot = state->SlotOf(instruction);
        HelperCall call = _helpers[index];
        if (TMode.IsChecked)
        {
            invocation->IsReplaced = false;
            ulong argument = r[call.LockArgument];
            CallChecked(state, r, call);
            Clobber(r);
            if (call.Lock != LockEffect.None && !invocation->HasTrapped)
            {
                state->Resources->NoteLock(call, argument);
            }
        }
        else
        {
            r[0] = call.Call(invocation, invocation->Slot, r[1], r[2], r[3], r[4], r[5]);
        }

        if (call.MovesPacket)
        {
            state->Memory.Data = invocation->Packet;
            state->Memory.Forget();
        }

        return invocation->HasTrapped ? Next.Leave : call.IsTailCall && invocation->IsReplaced ? Next.Exit : Next.Instruction;
    }

    /// <summary>The helper that a call by register means, as an index; -1 when the program may call none of that number.</summary>
    private int HelperIndex(ulong number)
        => number <= int.MaxValue && _program.HelperIndexByNumber.TryGetValue((int)number, out int index) ? index : -1;

    private static void Clobber(ulong* r) => new Span<ulong>(r + 1, 5).Clear();

    private void CallChecked(RunState* state, ulong* r, HelperCall call)
    {
        Invocation* invocation = state->Invocation;
        CheckedCall seen = _arguments.Check(state, r, call, _helpers);
        if (seen.WrongArgument == 0 && !IsLockOrder(state, r, call))
        {
            seen.WrongArgument = Math.Max(call.LockArgument, 1);
        }

        if (seen.WrongArgument != 0)
        {
            invocation->TrapKind = TrapKind.HelperArgument;
            invocation->TrapAddress = (ulong)seen.WrongArgument;
            return;
        }

        if (!RunFuel.Take(invocation, HelperFuel + seen.Work))
        {
            return;
        }

        state->WalkedMap = call.WalksMap ? seen.Map : -1;
        ulong result = r[0] = InvokeReleasing(state, r, call);
        state->WalkedMap = -1;
        if (result == 0)
        {
            return;
        }

        switch (call.Result.Kind)
        {
            case HelperResultKind.MapValue or HelperResultKind.MapValueOrNull when seen.Map >= 0:
                MapFacts map = _arguments.Maps[seen.Map];
                Admit(state, new MemoryRegion((nint)result, map.HasMemoryValues ? map.ValueSize : 0, map.Access));
                break;
            case HelperResultKind.MemoryOrNull when call.Release is null:
                Admit(state, new MemoryRegion((nint)result, (nuint)seen.AllocationSize, call.Result.Access));
                break;
            default:
                state->Resources->Remember(invocation, call, result, call.Result.Kind == HelperResultKind.MemoryOrNull ? (nuint)seen.AllocationSize : 0);
                break;
        }
    }

    /// <summary>Under a lock only its release is called, and only what is held is released: whoever waits for the lock must not wait for long.</summary>
    private static bool IsLockOrder(RunState* state, ulong* r, HelperCall call)
        => call.Lock == LockEffect.Release ? state->Resources->Lock != 0 && state->Resources->Lock == r[call.LockArgument] : state->Resources->Lock == 0;

    /// <summary>Calls a helper; what it releases is no longer held from the moment of the call.</summary>
    private static ulong InvokeReleasing(RunState* state, ulong* r, HelperCall call)
    {
        if (call.ReleasedArgument is > 0 and int argument && state->Resources->Forget(r[argument]))
        {
            state->Memory.Forget();
        }

        return call.Invoke(state->Invocation, r[1], r[2], r[3], r[4], r[5]);
    }

    /// <summary>A table that grows without end is slow to search, so that growing it costs fuel.</summary>
    private static void Admit(RunState* state, MemoryRegion region)
    {
        ulong cost = (ulong)(state->Memory.Admit(region) / MovesPerFuel);
        state->Invocation->Fuel -= Math.Min(state->Invocation->Fuel, cost);
    }

    /// <summary>A callback of a walk over a map may touch the key and the value that it is given, until it returns.</summary>
    private CallbackScope ScopeOf(RunState* state, ulong handle, ulong key, ulong value)
    {
        var scope = new CallbackScope { Outer = state->Memory.Scopes };
        if (TMode.IsChecked && state->WalkedMap >= 0 && _arguments.Maps[state->WalkedMap] is { } map && map.Handle == handle && map.HasMemoryValues)
        {
            scope.Key = new MemoryRegion((nint)key, map.KeySize, MemoryAccess.Read);
            scope.Value = new MemoryRegion((nint)value, map.ValueSize, map.Access);
        }

        return scope;
    }
}
