using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Testing;

/// <summary>Makes <see cref="FakeArray"/>s, under Linux's number and name of arrays so that programs need nothing else.</summary>
public sealed class FakeArrayType : IMapType
{
    private const uint ArrayNumber = 2;

    public MapTypeDescriptor Descriptor { get; } = new()
    {
        Name = "array",
        Description = "An array for tests.",
        Number = new MapTypeNumber(ArrayNumber),
        KeySize = SizeRule.Exactly(sizeof(uint)),
        ValueSize = new SizeRule(1, 1 << 20),
        MaxEntries = new SizeRule(1, 1 << 10),
        Operations = MapOperations.Lookup | MapOperations.Update | MapOperations.Delete | MapOperations.ForEach,
        HasDirectValue = true,
    };

    /// <param name="valueSize">In bytes.</param>
    public static MapSpec SpecOf(string name, uint valueSize, uint entries) => new()
    {
        Name = name,
        Type = new MapTypeReference(new MapTypeNumber(ArrayNumber)),
        KeySize = sizeof(uint),
        ValueSize = valueSize,
        MaxEntries = entries,
    };

    public Result<IMap> Create(MapSpec spec) => Result<IMap>.Success(new FakeArray(spec));
}

/// <summary>The plainest map there is, for programs under test to keep something in.</summary>
public sealed unsafe class FakeArray : IKeyedMap, IDirectValueMap
{
    private readonly MapLifetime _lifetime;
    private MapMemory _memory;
    private volatile bool _isFrozen;

    internal FakeArray(MapSpec spec)
    {
        Spec = spec;
        _memory = new MapMemory((ulong)ValueStride * spec.MaxEntries);
        _lifetime = new MapLifetime(() => _memory.Free());
    }

    public MapSpec Spec { get; }

    public long MemoryBytes => (long)_memory.Length;

    public long Count => Spec.MaxEntries;

    public uint ValueStride => (uint)MapMemory.RoundUp8(Spec.ValueSize);

    public MemoryRegion Values => new((nint)_memory.Address, (nuint)_memory.Length, MemoryAccess.ReadWrite);

    /// <summary>All values; valid until the map is disposed.</summary>
    public Span<byte> Bytes => new(_memory.Address, (int)_memory.Length);

    /// <summary>The first 8 bytes, which programs may count in while this is read.</summary>
    public ulong FirstWord => Volatile.Read(ref *(ulong*)_memory.Address);

    public void Freeze() => _isFrozen = true;

    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        if (key.Length != sizeof(uint) || (uint)value.Length != Spec.ValueSize)
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        uint index = BitConverter.ToUInt32(key);
        if (index >= Spec.MaxEntries)
        {
            return Errno.ENOENT;
        }

        fixed (byte* destination = value)
        {
            MapMemory.CopyValue(destination, At(index), Spec.ValueSize);
        }

        return Errno.None;
    }

    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any)
    {
        if (key.Length != sizeof(uint) || (uint)value.Length != Spec.ValueSize)
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        fixed (byte* source = value)
        {
            return _isFrozen ? Errno.EPERM : Set(BitConverter.ToUInt32(key), source, (ulong)flags);
        }
    }

    public Errno Delete(ReadOnlySpan<byte> key)
    {
        using MapLifetime.Use use = _lifetime.Enter(this);
        return _isFrozen ? Errno.EPERM : Errno.EINVAL;
    }

    public Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        using MapLifetime.Use use = _lifetime.Enter(this);
        if ((key.Length != sizeof(uint) && !key.IsEmpty) || next.Length != sizeof(uint))
        {
            return Errno.EINVAL;
        }

        uint index = key.IsEmpty || BitConverter.ToUInt32(key) >= Spec.MaxEntries ? 0 : BitConverter.ToUInt32(key) + 1;
        return index < Spec.MaxEntries && BitConverter.TryWriteBytes(next, index) ? Errno.None : Errno.ENOENT;
    }

    public nint ProgramLookup(byte* key) => *(uint*)key < Spec.MaxEntries ? (nint)At(*(uint*)key) : 0;

    public long ProgramUpdate(byte* key, byte* value, ulong flags) => -(long)Set(*(uint*)key, value, flags);

    public long ProgramDelete(byte* key) => -(long)Errno.EINVAL;

    public void Dispose() => _lifetime.End();

    private Errno Set(uint index, byte* value, ulong flags)
    {
        if (flags > (ulong)MapUpdateFlags.Exist)
        {
            return Errno.EINVAL;
        }

        if (index >= Spec.MaxEntries)
        {
            return Errno.E2BIG;
        }

        if (flags == (ulong)MapUpdateFlags.NoExist)
        {
            return Errno.EEXIST;
        }

        MapMemory.CopyValue(At(index), value, Spec.ValueSize);
        return Errno.None;
    }

    private byte* At(uint index) => _memory.Address + (index * (ulong)ValueStride);
}
