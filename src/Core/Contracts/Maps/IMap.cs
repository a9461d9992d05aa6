using Skep.Programs;

namespace Skep.Contracts;

/// <summary>
/// A map: shared by programs and user code, outliving both; all members are safe for any number of threads. What it can do
/// beyond this is said by the other map interfaces that it implements, which agree with its type's operations.
/// </summary>
/// <remarks>
/// Values that programs can point to lie in native memory that stays mapped until <see cref="IDisposable.Dispose"/>; the runtime disposes a map only when no
/// program, link or call uses it. A deleted entry's memory may be reused for another entry at once, as in Linux.
/// </remarks>
public interface IMap : IDisposable
{
    /// <summary>The definition that it was made from.</summary>
    MapSpec Spec { get; }

    /// <summary>Native memory in use, in bytes.</summary>
    long MemoryBytes { get; }
}
