using Skep.Contracts;
using Skep.Programs;

namespace Skep.ProgramTypes;

/// <summary>
/// <c>raw</c>: R1 is the address of the event's memory, or 0, and R2 its length in bytes. The program may write to what its source lets
/// it write to; there is nothing else to carry back. To packet loads (RFC 9669, section 5.3) the memory is the packet. Linux has no such type.
/// </summary>
public sealed class RawType : IProgramType
{
    public ProgramTypeDescriptor Descriptor { get; } = new()
    {
        Name = "raw",
        Description = "Runs on plain memory: its address in R1 (or 0), its length in R2.",
        Sections = [new("raw")],
        Context = ContextLayout.Record(int.MaxValue, MemoryAccess.ReadWrite) with { HasLength = true },

        // R2 says how long the memory is, and no kernel ever looked at these programs: many are right for reasons that a verifier does not see.
        RequiredProof = Proof.Structure,
    };

    public ProgramEntry Enter(MemoryRegion data, nint scratch) => new((ulong)data.Address, data.Length, data, data);

    public void Leave(MemoryRegion data, nint scratch, ulong result)
    {
    }
}
