using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Execution.Calls;

namespace Skep.Execution.Interpreter;

/// <summary>Checks the arguments of a helper call against the helper's descriptor, as far as that can be done while a program runs.</summary>
internal sealed unsafe class ArgumentCheck(ImmutableArray<MapFacts> maps, Func<ulong, bool> isFunction)
{
    private const int NoMap = -1;

    // Helpers copy, clear or hash memory; that many bytes take about as long as an instruction.
    private const ulong BytesPerFuel = 8;

    /// <summary>The maps whose handles the program may have.</summary>
    public ImmutableArray<MapFacts> Maps => maps;

    /// <param name="helpers">By index, for what the run holds.</param>
    public CheckedCall Check(RunState* state, ulong* r, HelperCall call, ImmutableArray<HelperCall> helpers)
    {
        var seen = new CheckedCall { Map = NoMap, AllocationSize = (ulong)call.Result.FixedSize };
        HelperArgument[] arguments = call.Arguments;
        for (int i = 0; i < arguments.Length; i++)
        {
            HelperArgument argument = arguments[i];
            ulong value = r[i + 1];
            bool right = argument.Kind switch
            {
                HelperArgumentKind.Anything => true,
                HelperArgumentKind.ConstMap => IsMap(argument, value, ref seen),
                HelperArgumentKind.AllocationSize => IsAllocation(value, ref seen),
                HelperArgumentKind.Size => value != 0,
                HelperArgumentKind.SizeOrZero => true,
                HelperArgumentKind.StackOrNull => value == 0 || state->Memory.Stack.Contains(value, 0),
                HelperArgumentKind.AcquiredMemory or HelperArgumentKind.Object => IsHeld(state, argument, value, helpers),
                _ when value == 0 && argument.MaybeNull => !NeedsMemory(arguments, i, r),
                HelperArgumentKind.Context => value == state->Invocation->Context,
                HelperArgumentKind.Function => isFunction(value),
                HelperArgumentKind.ConstString => IsString(state, value, ref seen),
                HelperArgumentKind.MapKey => seen.Map != NoMap && IsMemory(state, argument, value, maps[seen.Map].KeySize, ref seen),
                HelperArgumentKind.MapValue => seen.Map != NoMap && IsMemory(state, argument, value, maps[seen.Map].ValueSize, ref seen),
                HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory
                    => SizeOf(arguments, i, r) is { } size && IsMemory(state, argument, value, size, ref seen),
                HelperArgumentKind.Iterator => IsIterator(state, argument, value),
                HelperArgumentKind.SpinLock => IsLock(state, value),

                // Timers and dynamic pointers cannot be told from other memory here.
                _ => false,
            };
            if (!right)
            {
                seen.WrongArgument = i + 1;
                return seen;
            }
        }

        return seen;
    }

    /// <summary>How many bytes a memory argument has; null when the descriptor does not say.</summary>
    private static ulong? SizeOf(HelperArgument[] arguments, int index, ulong* r)
    {
        if (arguments[index].FixedSize is > 0 and int size)
        {
            return (ulong)size;
        }

        bool isNext = index + 1 < arguments.Length && arguments[index + 1].Kind is HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero;
        return isNext ? r[index + 2] : null;
    }

    // Null memory goes with size 0 only.
    private static bool NeedsMemory(HelperArgument[] arguments, int index, ulong* r)
        => arguments[index].Kind is HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory
            && arguments[index].FixedSize == 0 && SizeOf(arguments, index, r) is > 0;

    private static bool IsMemory(RunState* state, HelperArgument argument, ulong address, ulong size, ref CheckedCall seen)
    {
        // Cannot overflow: what passes lies in memory, and five of the largest are far below 2^64.
        seen.Work += Math.Min(size, long.MaxValue / 8) / BytesPerFuel;
        bool writes = argument.Kind == HelperArgumentKind.WritableMemory || (argument.Flags & HelperArgumentFlags.Uninitialized) != 0;
        return size == 0 || state->Memory.Allows(address, size, writes ? MemoryAccess.Write : MemoryAccess.Read);
    }

    // Helpers look for the NUL again, so nobody may be able to take it away meanwhile: neither this program nor, as in a map, another run of it.
    private static bool IsString(RunState* state, ulong address, ref CheckedCall seen)
    {
        nuint length = state->Memory.ConstantFrom(address);
        int end = new ReadOnlySpan<byte>((byte*)address, (int)nuint.Min(length, int.MaxValue)).IndexOf((byte)0);
        seen.Work += (ulong)Math.Max(end, 0);
        return end >= 0;
    }

    // Its bytes are whatever the program left there: helpers of iterators believe none of them.
    private static bool IsIterator(RunState* state, HelperArgument argument, ulong address)
        => argument.FixedSize > 0 && address % sizeof(ulong) == 0 && state->Memory.Stack.Contains(address, (ulong)argument.FixedSize);

    // Of a value that a helper returned only the memory is known; one of another map that is as large could stand in for it. That gives the
    // program a word that it can write anyway.
    private bool IsLock(RunState* state, ulong address)
    {
        foreach (MapFacts map in maps)
        {
            if (map.LockOffset is { } offset && address - offset is var value && (map.IsDirectValue(value) || state->Memory.IsReturned(value, map.ValueSize)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAllocation(ulong size, ref CheckedCall seen)
    {
        seen.AllocationSize = size;
        return size <= int.MaxValue;
    }

    private static bool IsHeld(RunState* state, HelperArgument argument, ulong value, ImmutableArray<HelperCall> helpers)
    {
        if (value == 0 && argument.MaybeNull)
        {
            return true;
        }

        int index = state->Resources->Held.Count;
        while ((index = state->Resources->Held.IndexOf(value, index)) >= 0)
        {
            if (argument.ObjectType is null || helpers[state->Resources->Held[index].Helper].Result.ObjectType == argument.ObjectType)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsMap(HelperArgument argument, ulong handle, ref CheckedCall seen)
    {
        for (int i = 0; i < maps.Length; i++)
        {
            if (maps[i].Handle == handle)
            {
                seen.Map = i;
                return (maps[i].Operations & argument.Operations) == argument.Operations;
            }
        }

        return false;
    }
}

/// <summary>What a check learnt about a call.</summary>
internal struct CheckedCall
{
    /// <summary>The map argument, as an index; -1 when there is none.</summary>
    public int Map;

    /// <summary>Of the memory that the helper returns, in bytes.</summary>
    public ulong AllocationSize;

    /// <summary>What the sizes of the arguments make the helper do, in fuel.</summary>
    public ulong Work;

    /// <summary>1 to 5; 0 when all are right.</summary>
    public int WrongArgument;
}
