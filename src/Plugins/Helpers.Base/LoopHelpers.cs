using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Call a function of the program again and again; prototypes as in kernel/bpf/bpf_iter.c.</summary>
public sealed unsafe class LoopHelpers : HelperSet
{
    /// <summary>BPF_MAX_LOOPS</summary>
    internal const uint MaxLoops = 8 * 1024 * 1024;

    private const uint NearbyKeyBytes = 256;

    public LoopHelpers()
        : base("loop")
    {
        Add(
            new HelperDescriptor("bpf_loop")
            {
                Number = new(181),
                Description = "Calls a function with 0, 1, 2 and so on until it returns 1; gives how often.",
                Arguments =
                [
                    Argument.Number("nr_loops"),
                    Callback(0, CallbackArgumentKind.Number, CallbackArgumentKind.Context),
                    new HelperArgument(HelperArgumentKind.StackOrNull, "callback_ctx"),
                    Argument.Flags,
                ],
            },
            Loop);
        Add(
            new HelperDescriptor("bpf_for_each_map_elem")
            {
                Number = new(164),
                Description = "Calls a function with each key and value of a map until it returns 1; gives how often.",
                Arguments =
                [
                    Argument.Map(MapOperations.ForEach),
                    Callback(-1, CallbackArgumentKind.Map, CallbackArgumentKind.MapKey, CallbackArgumentKind.MapValue, CallbackArgumentKind.Context),
                    new HelperArgument(HelperArgumentKind.StackOrNull, "callback_ctx"),
                    Argument.Flags,
                ],
            },
            ForEach);
    }

    /// <param name="count">The argument that says how often it is called at most, counted from 0; -1 for none.</param>
    private static HelperArgument Callback(int count, params ReadOnlySpan<CallbackArgumentKind> arguments)
        => new(HelperArgumentKind.Function, "callback_fn") { Callback = new CallbackDescriptor([.. arguments]) { CountArgument = count } };

    private static ulong Loop(Invocation* invocation, ulong count, ulong function, ulong context, ulong flags, ulong r5)
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
    private static ulong ForEach(Invocation* invocation, ulong handle, ulong function, ulong context, ulong flags, ulong r5)
    {
        if (flags != 0)
        {
            return Errno.EINVAL.ToProgram();
        }

        IKeyedMap map = MapHandle.Keyed(handle);
        int keyBytes = (int)map.Spec.KeySize;
        byte* nearby = stackalloc byte[(int)NearbyKeyBytes * 2];
        byte* keys = keyBytes <= NearbyKeyBytes ? nearby : (byte*)NativeMemory.Alloc((nuint)keyBytes, 2);
        try
        {
            return Walk(invocation, map, handle, new Keys(keys, keys + keyBytes, keyBytes), function, context);
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
