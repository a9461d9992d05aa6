using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Call a function of the program again and again; prototypes as in kernel/bpf/bpf_iter.c.</summary>
[HelperSet("loop")]
public sealed unsafe partial class LoopHelpers
{
    /// <summary>BPF_MAX_LOOPS</summary>
    internal const uint MaxLoops = 8 * 1024 * 1024;

    private const uint NearbyKeyBytes = 256;

    [Helper("bpf_loop", Number = 181, Description = "Calls a function with 0, 1, 2 and so on until it returns 1; gives how often.")]
    private static ulong Loop(
        Invocation* invocation,
        [Argument(Name = "nr_loops")] ulong count,
        [Argument(HelperArgumentKind.Function, Name = "callback_fn", CallbackArguments = [CallbackArgumentKind.Number, CallbackArgumentKind.Context], CountArgument = 0)] ulong function,
        [Argument(HelperArgumentKind.StackOrNull, Name = "callback_ctx")] ulong context,
        ulong flags)
    {
        uint loops = (uint)count;
        if (flags != 0 || loops > MaxLoops)
        {
            return (flags != 0 ? Errno.EINVAL : Errno.E2BIG).ToProgram();
        }

        for (uint i = 0; i < loops; i++)
        {
            if (Invocation.Call(invocation, function, i, context) != 0 || invocation->HasTrapped)
            {
                return i + 1;
            }
        }

        return loops;
    }

    /// <summary>
    /// The next key is fetched before the current one is handed out, so that a function that deletes it does not start the walk over. Entries that come and go
    /// meanwhile may be met, missed or, after a deletion by others, met again; the walk ends after as many as the map may hold.
    /// </summary>
    [SkipLocalsInit]
    [Helper("bpf_for_each_map_elem", Number = 164, Description = "Calls a function with each key and value of a map until it returns 1; gives how often.")]
    private static ulong ForEach(
        Invocation* invocation,
        [Argument(Operations = MapOperations.ForEach)] MapRef map,
        [Argument(
            HelperArgumentKind.Function,
            Name = "callback_fn",
            CallbackArguments = [CallbackArgumentKind.Map, CallbackArgumentKind.MapKey, CallbackArgumentKind.MapValue, CallbackArgumentKind.Context])] ulong function,
        [Argument(HelperArgumentKind.StackOrNull, Name = "callback_ctx")] ulong context,
        ulong flags)
    {
        if (flags != 0)
        {
            return Errno.EINVAL.ToProgram();
        }

        IKeyedMap keyed = map.Keyed;
        int keyBytes = (int)keyed.Spec.KeySize;
        byte* nearby = stackalloc byte[(int)NearbyKeyBytes * 2];
        byte* keys = keyBytes <= NearbyKeyBytes ? nearby : (byte*)NativeMemory.Alloc((nuint)keyBytes, 2);
        try
        {
            return Walk(invocation, keyed, map.Handle, new Keys(keys, keys + keyBytes, keyBytes), function, context);
        }
        finally
        {
            if (keys != nearby)
            {
                NativeMemory.Free(keys);
            }
        }
    }

    private static ulong Walk(Invocation* invocation, IKeyedMap map, ulong handle, Keys keys, ulong function, ulong context)
    {
        ulong called = 0;
        bool more = map.NextKey([], new Span<byte>(keys.Next, keys.Bytes)) == Errno.None;
        for (ulong left = map.Spec.MaxEntries; more && left > 0; left--)
        {
            Buffer.MemoryCopy(keys.Next, keys.Current, keys.Bytes, keys.Bytes);
            more = map.NextKey(new ReadOnlySpan<byte>(keys.Current, keys.Bytes), new Span<byte>(keys.Next, keys.Bytes)) == Errno.None;
            nint value = map.ProgramLookup(keys.Current);
            if (value == 0)
            {
                continue;
            }

            called++;
            if (Invocation.Call(invocation, function, handle, (ulong)keys.Current, (ulong)value, context) != 0 || invocation->HasTrapped)
            {
                break;
            }
        }

        return called;
    }

    /// <summary>Two keys side by side.</summary>
    private readonly struct Keys(byte* current, byte* next, int bytes)
    {
        public readonly byte* Current = current;
        public readonly byte* Next = next;
        public readonly int Bytes = bytes;
    }
}
