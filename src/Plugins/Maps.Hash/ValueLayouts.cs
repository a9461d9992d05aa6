using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>What an element holds for a key; a type parameter of the map, so that each kind gets code of its own.</summary>
internal unsafe interface IValueLayout<TSelf>
    where TSelf : struct, IValueLayout<TSelf>
{
    /// <summary>An update writes into the element that is there; otherwise a new element takes its place.</summary>
    static abstract bool StayInPlace { get; }

    bool HasLock { get; }

    /// <summary>In an element, a multiple of 8.</summary>
    ulong ElementBytes { get; }

    /// <summary>What user code reads and writes.</summary>
    uint UserBytes { get; }

    /// <summary>From the element's values to the one of the running thread, in bytes.</summary>
    nuint Here { get; }

    static abstract TSelf Of(MapSpec spec);

    /// <summary>Fills a new element; what programs do not give is 0.</summary>
    /// <param name="isUser">The value comes from user code, with <see cref="UserBytes"/>; otherwise it is one of a program.</param>
    void Begin(byte* values, byte* value, bool isUser);

    /// <summary>Changes an element that others may read meanwhile.</summary>
    Errno Change(byte* values, byte* value, bool isUser);

    void CopyOut(byte* value, byte* values);
}

/// <summary>One value, in which there may be a lock.</summary>
internal readonly unsafe struct SingleValue : IValueLayout<SingleValue>
{
    private readonly MapValueLayout _layout;

    private SingleValue(MapSpec spec)
    {
        _layout = MapValueLayout.Of(spec);
        UserBytes = spec.ValueSize;
    }

    public static bool StayInPlace => false;

    public bool HasLock => _layout.HasLock;

    public ulong ElementBytes => MapMemory.RoundUp8(UserBytes);

    public uint UserBytes { get; }

    public nuint Here => 0;

    public static SingleValue Of(MapSpec spec) => new(spec);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(byte* values, byte* value, bool isUser)
    {
        _layout.Copy(values, value);
        _layout.ClearLock(values);
    }

    public Errno Change(byte* values, byte* value, bool isUser) => _layout.CopyLocked(values, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyOut(byte* value, byte* values)
    {
        _layout.Copy(value, values);
        _layout.ClearLock(value);
    }
}

/// <summary>
/// A value for each CPU, side by side. A program's update writes the one of its CPU (pcpu_copy_value of kernel/bpf/hashtab.c). Neighbours may share a cache line, as they do
/// not in the kernel; that keeps an element in one piece.
/// </summary>
internal readonly unsafe struct PerCpuValues : IValueLayout<PerCpuValues>
{
    private readonly uint _valueBytes;
    private readonly uint _stride;
    private readonly uint _cpus;

    private PerCpuValues(MapSpec spec)
    {
        _valueBytes = spec.ValueSize;
        _stride = (uint)MapMemory.RoundUp8(spec.ValueSize);
        _cpus = (uint)Environment.ProcessorCount;
    }

    public static bool StayInPlace => true;

    public bool HasLock => false;

    public ulong ElementBytes => (ulong)_stride * _cpus;

    public uint UserBytes => _stride * _cpus;

    // The processor's number can exceed the count when the process is confined to some of them.
    public nuint Here => (uint)Thread.GetCurrentProcessorId() % _cpus * (nuint)_stride;

    public static PerCpuValues Of(MapSpec spec) => new(spec);

    public nuint At(int cpu) => (nuint)cpu * _stride;

    public void Begin(byte* values, byte* value, bool isUser)
    {
        if (!isUser)
        {
            NativeMemory.Clear(values, UserBytes);
        }

        Change(values, value, isUser);
    }

    public Errno Change(byte* values, byte* value, bool isUser)
    {
        if (isUser)
        {
            MapMemory.CopyValue(values, value, UserBytes);
        }
        else
        {
            MapMemory.CopyValue(values + Here, value, _valueBytes);
        }

        return Errno.None;
    }

    public void CopyOut(byte* value, byte* values) => MapMemory.CopyValue(value, values, UserBytes);
}
