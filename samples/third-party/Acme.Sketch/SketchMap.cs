using System.Buffers.Binary;
using System.IO.Hashing;
using Skep.Contracts;
using Skep.Programs;

namespace Acme.Sketch;

/// <summary>The counters. Additions are atomic, so none is lost; what a program points to is the counter itself.</summary>
internal sealed unsafe class SketchMap : IKeyedMap
{
    private const int Rows = 4;

    private readonly MapLifetime _lifetime;
    private readonly ulong* _counters;
    private readonly uint _mask;
    private readonly long _seed = Random.Shared.NextInt64();
    private MapMemory _memory;
    private long _keys;

    public SketchMap(MapSpec spec)
    {
        Spec = spec;
        _mask = spec.MaxEntries - 1;
        _memory = new MapMemory(BytesOf(spec));
        _counters = (ulong*)_memory.Address;
        _lifetime = new MapLifetime(() => _memory.Free());
    }

    public MapSpec Spec { get; }

    public long MemoryBytes => (long)_memory.Length;

    /// <summary>Updates: what keys there were, nobody knows.</summary>
    public long Count => Volatile.Read(ref _keys);

    public static ulong BytesOf(MapSpec spec) => (ulong)Rows * spec.MaxEntries * sizeof(ulong);

    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        if (key.Length != Spec.KeySize || value.Length != sizeof(ulong))
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        BinaryPrimitives.WriteUInt64LittleEndian(value, Volatile.Read(ref *Smallest(key)));
        return Errno.None;
    }

    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any)
    {
        if (key.Length != Spec.KeySize || value.Length != sizeof(ulong))
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        return Add(key, BinaryPrimitives.ReadUInt64LittleEndian(value), (ulong)flags);
    }

    /// <summary>What was added cannot be taken out again: others may share the counters.</summary>
    public Errno Delete(ReadOnlySpan<byte> key) => key.Length == Spec.KeySize ? Errno.EOPNOTSUPP : Errno.EINVAL;

    /// <summary>Keys are not kept.</summary>
    public Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next) => next.Length == Spec.KeySize ? Errno.EOPNOTSUPP : Errno.EINVAL;

    public nint ProgramLookup(byte* key) => (nint)Smallest(new ReadOnlySpan<byte>(key, (int)Spec.KeySize));

    public long ProgramUpdate(byte* key, byte* value, ulong flags) => -(long)Add(new ReadOnlySpan<byte>(key, (int)Spec.KeySize), *(ulong*)value, flags);

    public long ProgramDelete(byte* key) => -(long)Errno.EOPNOTSUPP;

    public void Dispose() => _lifetime.End();

    private Errno Add(ReadOnlySpan<byte> key, ulong value, ulong flags)
    {
        if (flags > (ulong)MapUpdateFlags.Exist)
        {
            return Errno.EINVAL;
        }

        // Nobody knows whether the key is there.
        if (flags != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        ulong hash = Hash(key);
        for (int row = 0; row < Rows; row++)
        {
            Interlocked.Add(ref *Counter(hash, row), value);
        }

        Interlocked.Increment(ref _keys);
        return Errno.None;
    }

    private ulong* Smallest(ReadOnlySpan<byte> key)
    {
        ulong hash = Hash(key);
        ulong* smallest = Counter(hash, 0);
        for (int row = 1; row < Rows; row++)
        {
            ulong* counter = Counter(hash, row);
            smallest = *counter < *smallest ? counter : smallest;
        }

        return smallest;
    }

    private ulong Hash(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key, _seed);

    /// <summary>Two halves of one hash make a hash for each row (Kirsch and Mitzenmacher, 2006).</summary>
    private ulong* Counter(ulong hash, int row) => _counters + ((long)row * (_mask + 1L)) + (((uint)hash + ((uint)row * (uint)(hash >> 32 | 1))) & _mask);
}
