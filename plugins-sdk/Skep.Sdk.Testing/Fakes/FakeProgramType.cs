using Skep.Contracts;

namespace Skep.Testing;

/// <summary>
/// A program type for tests: the context is the event's memory, which programs read and write; R0 may be anything, and pointers may leak. An event that is shorter than what the
/// program reads traps, as for any type.
/// </summary>
/// <param name="name">Another name, where a helper serves only program types that are not there.</param>
public sealed class FakeProgramType(string name = FakeProgramType.TypeName) : IProgramType
{
    public const string TypeName = "skep.testing/event";

    /// <summary>The most of an event that programs can reach, in bytes.</summary>
    public const int MostBytes = 8192;

    public ProgramTypeDescriptor Descriptor { get; } = new()
    {
        Name = name,
        Description = "Runs on the bytes that a test gives.",
        Context = ContextLayout.Record(MostBytes, MemoryAccess.ReadWrite),
        AllowsPointerLeaks = true,
    };

    public ProgramEntry Enter(MemoryRegion data, nint scratch) => new((ulong)data.Address, 0, data, data);

    public void Leave(MemoryRegion data, nint scratch, ulong result)
    {
    }
}
