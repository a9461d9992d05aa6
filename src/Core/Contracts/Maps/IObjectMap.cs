namespace Skep.Contracts;

/// <summary>A map whose elements are objects of the runtime: maps (array and hash of maps), programs (tail calls), links.</summary>
/// <typeparam name="T">What it holds; elements are held alive.</typeparam>
public unsafe interface IObjectMap<T> : IMap
    where T : class
{
    /// <summary>For programs: the element, or null.</summary>
    T? Find(byte* key);

    /// <summary>Sets or (with null) clears an element; readers see the old or the new one, never neither.</summary>
    Errno Set(ReadOnlySpan<byte> key, T? element);

    /// <summary>Replaces all elements in one step, so that a chain of programs is never seen half switched.</summary>
    Errno SetAll(IReadOnlyDictionary<ReadOnlyMemory<byte>, T> elements);
}
