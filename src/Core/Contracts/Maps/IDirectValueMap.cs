namespace Skep.Contracts;

/// <summary>A map whose values lie side by side at a fixed address, so that programs may hold addresses into them (global data, inlined look-ups).</summary>
public interface IDirectValueMap : IMap
{
    /// <summary>The values: entry i starts at i * <see cref="ValueStride"/>.</summary>
    MemoryRegion Values { get; }

    /// <summary>From one value to the next, in bytes.</summary>
    uint ValueStride { get; }

    /// <summary>Forbids further writes by user code; programs' writes are refused by the verifier through <see cref="Programs.MapSpec.IsFrozen"/>.</summary>
    void Freeze();
}
