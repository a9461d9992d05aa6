using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skep.Contracts;

/// <summary>
/// A map as programs hold it: the address of a cell that the core owns. The cell leads to the map, so the map behind it can be switched
/// while programs run.
/// </summary>
public static unsafe class MapHandle
{
    /// <summary>The map behind the value of a <see cref="HelperArgumentKind.ConstMap"/> argument. The handle is trusted: engines call helpers only with handles that the core made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IMap Resolve(ulong handle) => ((Runtime.MapCell)GCHandle.FromIntPtr(*(nint*)handle).Target!).Map;

    /// <summary>As <see cref="Resolve"/>, for maps whose type offers look-up, update or delete.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IKeyedMap Keyed(ulong handle) => ((Runtime.MapCell)GCHandle.FromIntPtr(*(nint*)handle).Target!).Keyed!;

    /// <summary>As <see cref="Resolve"/>, for maps whose type offers the ring buffer's operations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IRingBufferMap RingBuffer(ulong handle) => (IRingBufferMap)Resolve(handle);
}
