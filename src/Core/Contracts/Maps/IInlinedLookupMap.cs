namespace Skep.Contracts;

/// <summary>A map whose look-up can be said in instructions.</summary>
public interface IInlinedLookupMap : IKeyedMap
{
    /// <summary>
    /// What <see cref="IKeyedMap.ProgramLookup"/> does, for the call of <c>bpf_map_lookup_elem</c>: the key's address is in R2, and R0 becomes the value's address or 0. Good for this very
    /// map until it is disposed. Null where it cannot be said.
    /// </summary>
    InlinedCode? LookupCode { get; }
}
