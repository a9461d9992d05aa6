using System.Runtime.CompilerServices;
using Skep.Programs;
using Skep.Verification.Walk;

namespace Skep.Contracts;

/// <summary>
/// What of a map's values is not the program's data: the <c>bpf_spin_lock</c> that its BTF type declares. Copies leave it out, as copy_map_value of include/linux/bpf.h
/// does: a value that is written keeps its lock, and one that is read shows 0 there.
/// </summary>
public readonly unsafe struct MapValueLayout
{
    private const uint LockBytes = sizeof(int);

    private readonly uint _size;
    private readonly uint _lock;

    private MapValueLayout(uint size, uint? lockOffset)
    {
        _size = size;
        _lock = lockOffset ?? size;
        HasLock = lockOffset is not null;
    }

    public bool HasLock { get; }

    /// <summary>Of the lock from the value's start, in bytes, a multiple of 4; null when there is none.</summary>
    public uint? LockOffset => HasLock ? _lock : null;

    /// <summary>Reads it from the value's BTF type. A lock that does not lie wholly inside the value, or of which there are two, is none.</summary>
    public static MapValueLayout Of(MapSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        SpecialField[] locks = [.. SpecialField.Find(spec).Where(field => field.Kind == SpecialFieldKind.SpinLock)];
        return new MapValueLayout(
            spec.ValueSize, locks is [var only] && only.Offset % LockBytes == 0 && only.Offset <= (long)spec.ValueSize - LockBytes ? (uint)only.Offset : null);
    }

    /// <summary>Copies a value by whole words, all but the lock; see <see cref="MapMemory.CopyValue"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Copy(byte* destination, byte* source)
    {
        MapMemory.CopyValue(destination, source, _lock);
        if (HasLock)
        {
            uint after = _lock + LockBytes;
            MapMemory.CopyValue(destination + after, source + after, _size - after);
        }
    }

    /// <summary>Gives a value that is new, or a copy, a lock that is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ClearLock(byte* value)
    {
        if (HasLock)
        {
            *(int*)(value + _lock) = 0;
        }
    }

    /// <summary>Writes a value while its lock is held (<c>BPF_F_LOCK</c>).</summary>
    /// <returns><see cref="Errno.EBUSY"/> when whoever holds the lock does not give it back.</returns>
    public Errno CopyLocked(byte* destination, byte* source)
    {
        ref int word = ref *(int*)(destination + _lock);
        if (!MapSpinLock.TryEnter(ref word))
        {
            return Errno.EBUSY;
        }

        Copy(destination, source);
        MapSpinLock.Exit(ref word);
        return Errno.None;
    }
}
