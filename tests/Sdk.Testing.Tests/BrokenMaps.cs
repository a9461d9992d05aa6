using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Sdk.Testing.Tests;

/// <summary>What is wrong with a a map of the tests.</summary>
public enum MapDefect
{
    None,
    ForgetsDeletes,
    LeaksMemory,
    LosesUpdatesOfThreads,
    MovesValues,
    IgnoresNoExist,
    TakesTooMany,
    WalksTwice,
    OtherErrno,
    ThrowsInCreate,
    FreesUnderUsers,
    TooLarge,
}

/// <summary>A map type with one defect; 8-byte values by 4-byte keys.</summary>
internal sealed class BrokenMapType(MapDefect defect) : IMapType
{
    public MapTypeDescriptor Descriptor { get; } = new()
    {
        Name = "acme/broken",
        Description = "A map with a defect.",
        KeySize = SizeRule.Exactly(sizeof(uint)),
        ValueSize = SizeRule.Exactly(sizeof(ulong)),
        MaxEntries = new SizeRule(1, 1 << 20),
        Operations = MapOperations.Lookup | MapOperations.Update | MapOperations.Delete,
    };

    public Result<IMap> Create(MapSpec spec) => defect == MapDefect.ThrowsInCreate ? throw new InvalidOperationException("a defect") : Result<IMap>.Success(new BrokenMap(spec, defect));
}

/// <summary>A dictionary of native values under a lock, but for its defect.</summary>
internal sealed unsafe class BrokenMap : IKeyedMap
{
    // As much as an entry may take, so that few maps are enough to see a leak.
    private const ulong PlaceWords = 8;

    private readonly Lock _gate = new();
    private readonly MapDefect _defect;
    private readonly SortedDictionary<uint, nint> _values = [];
    private readonly Stack<nint> _free = new();
    private readonly MapLifetime _lifetime;
    private MapMemory _memory;

    public BrokenMap(MapSpec spec, MapDefect defect)
    {
        Spec = spec;
        _defect = defect;
        ulong places = spec.MaxEntries + (defect == MapDefect.TakesTooMany ? 1UL : 0);
        _memory = new MapMemory(places * sizeof(ulong) * PlaceWords * (defect == MapDefect.TooLarge ? 64UL : 1));
        if (defect == MapDefect.LeaksMemory)
        {
            new Span<byte>(_memory.Address, (int)_memory.Length).Fill(1);
        }

        for (ulong place = places; place > 0; place--)
        {
            _free.Push((nint)(_memory.Address + ((place - 1) * sizeof(ulong))));
        }

        _lifetime = new MapLifetime(() =>
        {
            if (defect != MapDefect.LeaksMemory)
            {
                _memory.Free();
            }
        });
    }

    public MapSpec Spec { get; }

    public long MemoryBytes => (long)_memory.Length;

    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _values.Count;
            }
        }
    }

    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        if (key.Length != sizeof(uint) || value.Length != sizeof(ulong))
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        lock (_gate)
        {
            if (!_values.TryGetValue(BitConverter.ToUInt32(key), out nint address))
            {
                return _defect == MapDefect.OtherErrno ? Errno.EINVAL : Errno.ENOENT;
            }

            BitConverter.TryWriteBytes(value, *(ulong*)address);
            return Errno.None;
        }
    }

    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any)
    {
        if (key.Length != sizeof(uint) || value.Length != sizeof(ulong))
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        return Set(BitConverter.ToUInt32(key), BitConverter.ToUInt64(value), (ulong)flags);
    }

    public Errno Delete(ReadOnlySpan<byte> key)
    {
        if (key.Length != sizeof(uint))
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        return Remove(BitConverter.ToUInt32(key));
    }

    public Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        if (next.Length != sizeof(uint))
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        lock (_gate)
        {
            uint from = key.IsEmpty ? 0 : BitConverter.ToUInt32(key);
            bool isKnown = !key.IsEmpty && _values.ContainsKey(from);
            uint[] keys = [.. _values.Keys];
            int index = isKnown ? Array.IndexOf(keys, from) + 1 : 0;
            index = _defect == MapDefect.WalksTwice && index == keys.Length && keys.Length > 3 ? 1 : index;
            return index < keys.Length && BitConverter.TryWriteBytes(next, keys[index]) ? Errno.None : Errno.ENOENT;
        }
    }

    public nint ProgramLookup(byte* key)
    {
        lock (_gate)
        {
            return _values.GetValueOrDefault(*(uint*)key);
        }
    }

    public long ProgramUpdate(byte* key, byte* value, ulong flags) => -(long)Set(*(uint*)key, *(ulong*)value, flags);

    public long ProgramDelete(byte* key) => -(long)Remove(*(uint*)key);

    public void Dispose()
    {
        if (_defect == MapDefect.FreesUnderUsers)
        {
            return;
        }

        _lifetime.End();
    }

    private Errno Set(uint key, ulong value, ulong flags)
    {
        if (flags > 2)
        {
            return Errno.EINVAL;
        }

        lock (_gate)
        {
            bool isThere = _values.TryGetValue(key, out nint address);
            if (flags == 1 && isThere && _defect != MapDefect.IgnoresNoExist)
            {
                return Errno.EEXIST;
            }

            if (flags == 2 && !isThere)
            {
                return Errno.ENOENT;
            }

            if (_defect == MapDefect.MovesValues && isThere == false && _values.Count > 1 && _free.Count > 0)
            {
                (uint first, nint old) = _values.First();
                nint moved = _free.Pop();
                *(ulong*)moved = *(ulong*)old;
                _values[first] = moved;
                _free.Push(old);
            }

            if (!isThere && !_free.TryPop(out address))
            {
                return Errno.E2BIG;
            }

            *(ulong*)address = value;
            _values[key] = address;
            if (_defect == MapDefect.LosesUpdatesOfThreads && key > 100 && value % 10 == 7)
            {
                *(ulong*)address = 0;
            }

            return Errno.None;
        }
    }

    private Errno Remove(uint key)
    {
        lock (_gate)
        {
            if (!_values.TryGetValue(key, out nint address))
            {
                return Errno.ENOENT;
            }

            if (_defect != MapDefect.ForgetsDeletes)
            {
                _values.Remove(key);
                _free.Push(address);
            }

            return Errno.None;
        }
    }
}
