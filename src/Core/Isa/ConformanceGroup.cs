namespace Skep.Isa;

/// <summary>The group that a runtime must support to execute an operation (RFC 9669, section 2.4).</summary>
public enum ConformanceGroup : byte
{
    Base32,
    Base64,
    Atomic32,
    Atomic64,
    DivMul32,
    DivMul64,

    /// <summary>Deprecated packet loads.</summary>
    Packet,

    /// <summary>Not in the RFC: may_goto, callx, load-acquire and store-release.</summary>
    Linux,
}
