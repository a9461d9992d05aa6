namespace Skep.Contracts;

/// <summary>
/// A kind of program: what its context looks like, what it may call and what it may return. Implementations are
/// stateless or thread-safe: events arrive on any thread.
/// </summary>
public interface IProgramType
{
    ProgramTypeDescriptor Descriptor { get; }

    /// <summary>Lays an event out as the program's context.</summary>
    /// <param name="data">The event as the source delivers it; stays valid until <see cref="Leave"/> returns.</param>
    /// <param name="scratch">At least <see cref="ContextLayout.HostSize"/> bytes, 16-byte aligned, of this run alone; not cleared.</param>
    /// <returns>The entry registers and the memory that the program may touch through them.</returns>
    ProgramEntry Enter(MemoryRegion data, nint scratch);

    /// <summary>Carries back what the program changed, after it returned <paramref name="result"/>. Types without output do nothing.</summary>
    void Leave(MemoryRegion data, nint scratch, ulong result);
}
