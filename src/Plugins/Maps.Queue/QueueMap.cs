using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>
/// A ring of values behind one lock (kernel/bpf/queue_stack_maps.c): whoever comes sees whole values, in one order for all. What is taken out is a copy.
/// </summary>
internal sealed unsafe class QueueMap : IQueueMap
{
    private readonly MapLifetime _lifetime;
    private readonly bool _lastFirst;
    private readonly uint _valueSize;
    private readonly uint _entries;
    private readonly ulong _stride;
    private MapMemory _memory;

    // Guarded by the lock: the oldest value's place, and how many there are.
    private int _lock;
    private uint _oldest;
    private uint _count;

    /// <param name="lastFirst">A stack.</param>
    public QueueMap(MapSpec spec, bool lastFirst)
    {
        Spec = spec;
        _lastFirst = lastFirst;
        _valueSize = spec.ValueSize;
        _entries = spec.MaxEntries;
        _stride = MapMemory.RoundUp8(spec.ValueSize);
        _memory = new MapMemory(_stride * _entries);
        _lifetime = new MapLifetime(() => _memory.Free());
    }

    public MapSpec Spec { get; }

    public long MemoryBytes => (long)_memory.Length;

    public long Push(byte* value, ulong flags)
    {
        bool replaces = (flags & (ulong)MapUpdateFlags.Exist) != 0;
        if ((flags & (ulong)MapUpdateFlags.NoExist) != 0 || flags > (ulong)MapUpdateFlags.Exist)
        {
            return -(long)Errno.EINVAL;
        }

        using MapLifetime.Use use = _lifetime.Enter(this);
        MapSpinLock.Enter(ref _lock);
        bool isFull = _count == _entries;
        if (isFull && replaces)
        {
            _oldest = Place(1);
            _count--;
            isFull = false;
        }

        if (!isFull)
        {
            MapMemory.CopyValue(At(Place(_count)), value, _valueSize);
            _count++;
        }

        MapSpinLock.Exit(ref _lock);
        return isFull ? -(long)Errno.E2BIG : 0;
    }

    public long Pop(byte* value) => Take(value, removes: true);

    public long Peek(byte* value) => Take(value, removes: false);

    public void Dispose() => _lifetime.End();

    private long Take(byte* value, bool removes)
    {
        using MapLifetime.Use use = _lifetime.Enter(this);
        MapSpinLock.Enter(ref _lock);
        bool isEmpty = _count == 0;
        if (!isEmpty)
        {
            MapMemory.CopyValue(value, At(Place(_lastFirst ? _count - 1 : 0)), _valueSize);
            _oldest = removes && !_lastFirst ? Place(1) : _oldest;
            _count -= removes ? 1u : 0;
        }

        MapSpinLock.Exit(ref _lock);
        if (isEmpty)
        {
            NativeMemory.Clear(value, _valueSize);
        }

        return isEmpty ? -(long)Errno.ENOENT : 0;
    }

    /// <summary>Of the value that came <paramref name="after"/> others.</summary>
    private uint Place(uint after) => (uint)(((ulong)_oldest + after) % _entries);

    private byte* At(uint place) => _memory.Address + (place * _stride);
}
