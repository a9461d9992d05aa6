using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>A map that a program gave a helper, valid for the call. What may be asked of it is what the argument's <see cref="HelperArgument.Operations"/> say.</summary>
/// <param name="handle">The value of a <see cref="HelperArgumentKind.ConstMap"/> argument; trusted.</param>
public readonly unsafe struct MapRef(ulong handle)
{
    /// <summary>What the program had in a register.</summary>
    public ulong Handle => handle;

    public IMap Map => MapHandle.Resolve(handle);

    /// <summary>For maps whose type offers look-up, update or delete.</summary>
    public IKeyedMap Keyed => MapHandle.Keyed(handle);

    /// <summary>For maps whose type offers the ring buffer's operations.</summary>
    public IRingBufferMap RingBuffer => MapHandle.RingBuffer(handle);

    /// <summary>For maps whose type offers push, pop and peek.</summary>
    public IQueueMap Queue => (IQueueMap)MapHandle.Resolve(handle);

    public MapSpec Spec => Map.Spec;

    /// <summary>The value of a key in place, as programs have it: others may write it meanwhile.</summary>
    /// <exception cref="ArgumentException">The key is not of the map's size.</exception>
    public MapValueRef Lookup(ReadOnlySpan<byte> key)
    {
        IKeyedMap map = Keyed;
        CheckSize(key.Length, map.Spec.KeySize, nameof(key));
        fixed (byte* address = key)
        {
            return new MapValueRef(map.ProgramLookup(address), map.Spec.ValueSize);
        }
    }

    /// <inheritdoc cref="Lookup(ReadOnlySpan{byte})"/>
    public MapValueRef Lookup<TKey>(in TKey key)
        where TKey : unmanaged
        => Lookup(AsBytes(in key));

    /// <exception cref="ArgumentException">Key or value is not of the map's size.</exception>
    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags)
    {
        IKeyedMap map = Keyed;
        CheckSize(key.Length, map.Spec.KeySize, nameof(key));
        CheckSize(value.Length, map.Spec.ValueSize, nameof(value));
        return map.Update(key, value, flags);
    }

    /// <inheritdoc cref="Update(ReadOnlySpan{byte}, ReadOnlySpan{byte}, MapUpdateFlags)"/>
    public Errno Update<TKey, TValue>(in TKey key, in TValue value, MapUpdateFlags flags)
        where TKey : unmanaged
        where TValue : unmanaged
        => Update(AsBytes(in key), AsBytes(in value), flags);

    /// <exception cref="ArgumentException">The key is not of the map's size.</exception>
    public Errno Delete(ReadOnlySpan<byte> key)
    {
        IKeyedMap map = Keyed;
        CheckSize(key.Length, map.Spec.KeySize, nameof(key));
        return map.Delete(key);
    }

    /// <inheritdoc cref="Delete(ReadOnlySpan{byte})"/>
    public Errno Delete<TKey>(in TKey key)
        where TKey : unmanaged
        => Delete(AsBytes(in key));

    private static ReadOnlySpan<byte> AsBytes<T>(in T value)
        where T : unmanaged
        => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckSize(int actual, uint expected, string name)
    {
        if ((uint)actual != expected)
        {
            throw new ArgumentException($"There are {actual} bytes where the map has {expected}.", name);
        }
    }
}
