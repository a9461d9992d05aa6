namespace Skep.Isa;

/// <summary>The read-modify-write of an atomic operation (RFC 9669, section 5.3).</summary>
public enum AtomicOperator : byte
{
    None,
    Add,
    Or,
    And,
    ExclusiveOr,
    Exchange,
    CompareExchange,
}
