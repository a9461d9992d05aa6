using System.Runtime.CompilerServices;

namespace Skep.Contracts;

/// <summary>A value of a map in place, or <see cref="None"/>: what <see cref="HelperResultKind.MapValueOrNull"/> is in C#. Valid for the call.</summary>
/// <param name="address">0 for none.</param>
/// <param name="size">In bytes.</param>
public readonly unsafe struct MapValueRef(nint address, uint size)
{
    /// <summary>There is no such key; the program gets 0.</summary>
    public static MapValueRef None => default;

    public nint Address => address;

    public bool IsNone => address == 0;

    /// <summary>Empty where there is none. Others may write them meanwhile.</summary>
    public Span<byte> Bytes => address == 0 ? [] : new Span<byte>((void*)address, checked((int)size));

    /// <exception cref="InvalidOperationException">There is none, or it is smaller than <typeparamref name="T"/>.</exception>
    public ref T As<T>()
        where T : unmanaged
    {
        if (address == 0 || size < sizeof(T))
        {
            throw new InvalidOperationException($"A map value of {(address == 0 ? 0 : size)} bytes is no {typeof(T).Name}, which has {sizeof(T)}.");
        }

        return ref Unsafe.AsRef<T>((void*)address);
    }
}
