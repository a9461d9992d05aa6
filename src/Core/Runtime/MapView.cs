using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Runtime;

/// <summary>
/// A keyed map as user code likes it: typed keys and values, exceptions for misuse. A view costs nothing to make, owns nothing, and is as safe for
/// threads as the map.
/// </summary>
/// <typeparam name="TKey">As large as the map's keys. Its padding, if it has any, is part of the key: keep it zero.</typeparam>
/// <typeparam name="TValue">As large as the map's values.</typeparam>
/// <remarks>
/// Members throw <see cref="ObjectDisposedException"/> once the map is disposed, and <see cref="InvalidOperationException"/> where the map forbids
/// the operation (full, frozen, read-only, a deletion from an array).
/// </remarks>
public sealed class MapView<TKey, TValue> : IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private readonly IKeyedMap _map;

    /// <exception cref="ArgumentException">Sizes differ from the map's, or the map has several values a key.</exception>
    public MapView(IKeyedMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        MapViewThrow.IfSizeDiffers<TKey>(map, "keys", map.Spec.KeySize);
        MapViewThrow.IfSizeDiffers<TValue>(map, "values", map.Spec.ValueSize);
        if (map is IPerCpuMap perCpu)
        {
            MapViewThrow.PerCpu(perCpu);
        }

        _map = map;
    }

    /// <exception cref="ArgumentException">The map has no keys, or sizes differ from the map's.</exception>
    public MapView(LoadedMap map)
        : this(MapViewThrow.KeyedOrThrow(map))
    {
    }

    /// <summary>Entries now; an estimate while others write.</summary>
    public long Count => _map.Count;

    /// <exception cref="KeyNotFoundException">Reading a key that is not there.</exception>
    public TValue this[TKey key]
    {
        get => TryGetValue(key, out TValue value)
            ? value
            : throw new KeyNotFoundException($"Map {_map.Spec.Name} has no key {key}.");
        set => AddOrUpdate(key, value);
    }

    public bool TryGetValue(TKey key, out TValue value)
    {
        Unsafe.SkipInit(out value);
        Errno errno = _map.Lookup(Bytes(in key), WritableBytes(ref value));
        if (errno == Errno.None)
        {
            return true;
        }

        value = default;
        return errno == Errno.ENOENT ? false : MapViewThrow.Refused(_map, "look-up", errno);
    }

    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    /// <returns>False when the key is there already, which in an array it always is.</returns>
    public bool TryAdd(TKey key, TValue value) => _map.Update(Bytes(in key), Bytes(in value), MapUpdateFlags.NoExist) switch
    {
        Errno.None => true,
        Errno.EEXIST => false,
        Errno errno => MapViewThrow.Refused(_map, "add", errno),
    };

    /// <returns>False when the key is not there.</returns>
    public bool TryUpdate(TKey key, TValue value) => _map.Update(Bytes(in key), Bytes(in value), MapUpdateFlags.Exist) switch
    {
        Errno.None => true,
        Errno.ENOENT => false,
        Errno errno => MapViewThrow.Refused(_map, "update", errno),
    };

    /// <summary>Sets the value, whether the key is there or not.</summary>
    public void AddOrUpdate(TKey key, TValue value)
    {
        Errno errno = _map.Update(Bytes(in key), Bytes(in value));
        if (errno != Errno.None)
        {
            MapViewThrow.Refused(_map, "update", errno);
        }
    }

    /// <returns>Whether the key was there.</returns>
    public bool Remove(TKey key) => _map.Delete(Bytes(in key)) switch
    {
        Errno.None => true,
        Errno.ENOENT => false,
        Errno errno => MapViewThrow.Refused(_map, "delete", errno),
    };

    /// <summary>
    /// Walks the map as it is, without a snapshot: removing the current entry is fine; entries that others add or remove meanwhile may be
    /// seen, missed or, when the walk has to start over, seen twice. It ends after <c>max_entries</c> keys at the latest.
    /// </summary>
    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        // The next key is fetched before the current one is handed out, so that a caller who removes it does not start the walk over.
        bool more = TryNext(null, out TKey next);
        for (uint left = _map.Spec.MaxEntries; more && left > 0; left--)
        {
            TKey key = next;
            more = TryNext(key, out next);
            if (TryGetValue(key, out TValue value))
            {
                yield return new KeyValuePair<TKey, TValue>(key, value);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static ReadOnlySpan<byte> Bytes<T>(in T item)
        where T : unmanaged
        => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in item));

    private static Span<byte> WritableBytes<T>(ref T item)
        where T : unmanaged
        => MemoryMarshal.AsBytes(new Span<T>(ref item));

    private bool TryNext(TKey? after, out TKey next)
    {
        next = default;
        TKey key = after.GetValueOrDefault();
        Errno errno = _map.NextKey(after is null ? [] : Bytes(in key), WritableBytes(ref next));
        return errno switch
        {
            Errno.None => true,
            Errno.ENOENT => false,
            _ => MapViewThrow.Refused(_map, "enumeration", errno),
        };
    }
}

/// <summary>What <see cref="MapView{TKey,TValue}"/> throws.</summary>
internal static class MapViewThrow
{
    public static IKeyedMap KeyedOrThrow(LoadedMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return map.Map as IKeyedMap
            ?? throw new ArgumentException($"Map {map.Name} is of type {map.Type.Descriptor.Name}, which has no keys to look up.", nameof(map));
    }

    public static void IfSizeDiffers<T>(IKeyedMap map, string what, uint expected)
        where T : unmanaged
    {
        int actual = Unsafe.SizeOf<T>();
        if ((uint)actual != expected)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"The {what} of map {map.Spec.Name} have {expected} bytes; {typeof(T)} has {actual}."), nameof(map));
        }
    }

    [DoesNotReturn]
    public static void PerCpu(IPerCpuMap map) => throw new ArgumentException(
        $"Map {map.Spec.Name} has {map.CpuCount} values for each key, one for each CPU; read them through {nameof(IPerCpuMap)}.", nameof(map));

    /// <returns>Never; typed so that it fits into switch expressions.</returns>
    [DoesNotReturn]
    public static bool Refused(IKeyedMap map, string operation, Errno errno)
    {
        string name = map.Spec.Name;
        string reason = errno switch
        {
            Errno.E2BIG => $"it is full or the index too large (max_entries {map.Spec.MaxEntries})",
            Errno.EPERM => $"user code may not: it is frozen, or created with flags that forbid it (0x{map.Spec.Flags:x})",
            Errno.EINVAL => $"maps of its kind ({map.Spec.Type}) do not have it",
            Errno.ENOMEM => "memory is short",
            _ => "it gave an error",
        };
        throw new InvalidOperationException($"Map {name} refused the {operation} with {errno}: {reason}.");
    }
}
