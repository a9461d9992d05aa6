using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>
/// An array with a value for each CPU. Programs get the value of the CPU that they run on at the time of the look-up. Unlike in the kernel, a thread may be moved
/// or preempted while it holds that address, so two programs can meet in one value: counters that must be exact need atomic additions here.
/// </summary>
internal sealed unsafe class PerCpuArrayMap : IPerCpuMap
{
    private readonly MapAccess _access;
    private readonly MapLifetime _lifetime;
    private readonly byte* _values;
    private readonly ulong _cpuStride;
    private readonly uint _stride;
    private readonly uint _entries;
    private readonly uint _valueSize;
    private MapMemory _memory;

    /// <param name="cpuCount">At least 1; CPUs beyond it share.</param>
    public PerCpuArrayMap(MapSpec spec, int cpuCount)
    {
        Spec = spec;
        CpuCount = cpuCount;
        _access = MapAccess.FromFlags(spec.Flags);
        _entries = spec.MaxEntries;
        _valueSize = spec.ValueSize;
        _stride = (uint)MapMemory.RoundUp8(spec.ValueSize);

        // Each CPU's values lie together and start on a cache line of their own: that is what the type is for.
        _cpuStride = (((ulong)_stride * _entries) + MapMemory.Alignment - 1) & ~(ulong)(MapMemory.Alignment - 1);
        _memory = new MapMemory(_cpuStride * (uint)cpuCount);
        _values = _memory.Address;
        _lifetime = new MapLifetime(() => _memory.Free());
    }

    public MapSpec Spec { get; }

    public int CpuCount { get; }

    public long MemoryBytes => (long)_memory.Length;

    public long Count => _entries;

    private uint UserValueSize => _stride * (uint)CpuCount;

    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        if (key.Length != sizeof(uint) || (uint)value.Length != UserValueSize)
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        uint index = MemoryMarshal.Read<uint>(key);
        if (!_access.UserReads)
        {
            return Errno.EPERM;
        }

        if (index >= _entries)
        {
            return Errno.ENOENT;
        }

        fixed (byte* destination = value)
        {
            for (int cpu = 0; cpu < CpuCount; cpu++)
            {
                MapMemory.CopyValue(destination + (cpu * _stride), At(index, cpu), _stride);
            }
        }

        return Errno.None;
    }

    public Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any)
    {
        if (key.Length != sizeof(uint) || (uint)value.Length != UserValueSize)
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        if (!_access.UserWrites)
        {
            return Errno.EPERM;
        }

        uint index = MemoryMarshal.Read<uint>(key);
        Errno errno = (flags & MapUpdateFlags.Lock) != 0 ? Errno.EINVAL : ArrayRules.CheckUpdate(index, _entries, (ulong)flags);
        if (errno == Errno.None)
        {
            fixed (byte* source = value)
            {
                for (int cpu = 0; cpu < CpuCount; cpu++)
                {
                    // The padding too, as the kernel does.
                    MapMemory.CopyValue(At(index, cpu), source + (cpu * _stride), _stride);
                }
            }
        }

        return errno;
    }

    public Errno Delete(ReadOnlySpan<byte> key)
    {
        if (key.Length != sizeof(uint))
        {
            return Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        return _access.UserWrites ? Errno.EINVAL : Errno.EPERM;
    }

    public Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        using MapLifetime.Use use = _lifetime.Enter(this);
        return _access.UserReads ? ArrayRules.NextKey(key, next, _entries) : Errno.EPERM;
    }

    public nint ProgramLookup(byte* key) => ProgramLookup(key, CurrentCpu());

    public nint ProgramLookup(byte* key, int cpu)
    {
        uint index = *(uint*)key;
        return index < _entries && (uint)cpu < (uint)CpuCount ? (nint)At(index, cpu) : 0;
    }

    /// <summary>Writes the value of this CPU only.</summary>
    public long ProgramUpdate(byte* key, byte* value, ulong flags)
    {
        uint index = *(uint*)key;

        // BPF_F_LOCK is unknown to per-CPU maps (bpf_percpu_array_update).
        Errno errno = flags > (ulong)MapUpdateFlags.Exist ? Errno.EINVAL : ArrayRules.CheckUpdate(index, _entries, flags);
        if (errno == Errno.None)
        {
            MapMemory.CopyValue(At(index, CurrentCpu()), value, _valueSize);
        }

        return -(long)errno;
    }

    public long ProgramDelete(byte* key) => -(long)Errno.EINVAL;

    public void Dispose() => _lifetime.End();

    // The processor's number can exceed the count when the process is confined to some of them.
    private int CurrentCpu() => (int)((uint)Thread.GetCurrentProcessorId() % (uint)CpuCount);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* At(uint index, int cpu) => _values + ((uint)cpu * _cpuStride) + ((ulong)index * _stride);
}
