using System.Runtime.CompilerServices;

namespace Skep.Verification.Walk;

/// <summary>What the checks of a call's arguments found, for the transfer that follows them.</summary>
internal struct CallFindings
{
    /// <summary>The map argument, by index; 0 for none.</summary>
    public int Map;

    /// <summary>The size of the memory that the helper returns, in bytes.</summary>
    public long AllocationSize;

    /// <summary>The most that the size argument may be, in bytes; -1 for none.</summary>
    public long MaximumSize;

    /// <summary>The reference that the call gives back; 0 for none.</summary>
    public int Released;

    /// <summary>The function argument, by index; -1 for none.</summary>
    public int Function;

    /// <summary>The map key is a known number (the low 32 bits); null otherwise.</summary>
    public uint? ConstantKey;

    /// <summary>The register of the iterator argument; 0 for none.</summary>
    public int Iterator;

    /// <summary>The register of the lock argument; 0 for none.</summary>
    public int Lock;

    /// <summary>The most that the helper writes through R1 to R5, in bytes.</summary>
    public WrittenSizes Written;

    [InlineArray(6)]
    public struct WrittenSizes
    {
        private long _first;
    }
}
