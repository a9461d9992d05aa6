using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>
/// An array. Reads and writes of a value are by aligned 8-byte words, each of which is whole; different words of one value may come from different
/// writers, as in Linux.
/// </summary>
internal sealed unsafe class ArrayMap : IInlinedLookupMap, IDirectValueMap
{
    private readonly MapAccess _access;
    private readonly MapLifetime _lifetime;
    private readonly byte* _values;
    private readonly ulong _stride;
    private readonly uint _entries;
    private readonly uint _valueSize;
    private readonly MapValueLayout _layout;
    private MapMemory _memory;
    private volatile bool _frozen;
    private InlinedCode? _lookup;

    public ArrayMap(MapSpec spec)
    {
        Spec = spec;
        _access = MapAccess.FromFlags(spec.Flags);
        _entries = spec.MaxEntries;
        _valueSize = spec.ValueSize;
        _layout = MapValueLayout.Of(spec);
        _stride = MapMemory.RoundUp8(spec.ValueSize);
        _memory = new MapMemory(_stride * _entries);
        _values = _memory.Address;
        _lifetime = new MapLifetime(() => _memory.Free());
    }

    public MapSpec Spec { get; }

    public long MemoryBytes => (long)_memory.Length;

    public long Count => _entries;

    public uint ValueStride => (uint)_stride;

    /// <summary>A comparison and an address; with a key that is known it folds to the address alone.</summary>
    public InlinedCode? LookupCode => _lookup ??= _stride > int.MaxValue ? null : InlinedCode.Assemble($"""
        r1 = *(u32 *)(r2 +0)
        r0 = 0
        if w1 >= {(int)_entries} goto out
        r1 *= {_stride}
        r0 = 0x{(ulong)_values:x}
        r0 += r1
        out:
        """);

    public MemoryRegion Values => new((nint)_values, (nuint)(_stride * _entries), _access.Program);

    public void Freeze() => _frozen = true;

    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        if (key.Length != sizeof(uint) || (uint)value.Length != _valueSize)
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        if (!_access.UserReads)
        {
            return Errno.EPERM;
        }

        uint index = MemoryMarshal.Read<uint>(key);
        if (index >= _entries)
        {
            return Errno.ENOENT;
        }

        fixed (byte* destination = value)
        {
            _layout.Copy(destination, At(index));
            _layout.ClearLock(destination);
        }

        return Errno.None;
    }

    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any)
    {
        if (key.Length != sizeof(uint) || (uint)value.Length != _valueSize)
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        if (_frozen || !_access.UserWrites)
        {
            return Errno.EPERM;
        }

        // For user code the lock is looked at first (syscall.c), for programs last (arraymap.c).
        if ((flags & MapUpdateFlags.Lock) != 0 && !_layout.HasLock)
        {
            return Errno.EINVAL;
        }

        fixed (byte* source = value)
        {
            return Update(MemoryMarshal.Read<uint>(key), source, (ulong)flags);
        }
    }

    public Errno Delete(ReadOnlySpan<byte> key)
    {
        if (key.Length != sizeof(uint))
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        return _frozen || !_access.UserWrites ? Errno.EPERM : Errno.EINVAL;
    }

    public Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        using MapLifetime.Use use = _lifetime.Enter(this);
        return _access.UserReads ? ArrayRules.NextKey(key, next, _entries) : Errno.EPERM;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint ProgramLookup(byte* key)
    {
        uint index = *(uint*)key;
        return index < _entries ? (nint)At(index) : 0;
    }

    public long ProgramUpdate(byte* key, byte* value, ulong flags) => -(long)Update(*(uint*)key, value, flags);

    public long ProgramDelete(byte* key) => -(long)Errno.EINVAL;

    public void Dispose() => _lifetime.End();

    private Errno Update(uint index, byte* value, ulong flags)
    {
        Errno errno = ArrayRules.CheckUpdate(index, _entries, flags, _layout.HasLock);
        if (errno != Errno.None)
        {
            return errno;
        }

        if ((flags & (ulong)MapUpdateFlags.Lock) != 0)
        {
            return _layout.CopyLocked(At(index), value);
        }

        _layout.Copy(At(index), value);
        return Errno.None;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* At(uint index) => _values + (index * _stride);
}
