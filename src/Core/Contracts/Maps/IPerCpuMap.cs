namespace Skep.Contracts;

/// <summary>A map with a value for each CPU; the keyed members read and write all of them, 8-byte aligned, side by side.</summary>
public unsafe interface IPerCpuMap : IKeyedMap
{
    int CpuCount { get; }

    /// <summary>For programs: the address of the value for <paramref name="cpu"/>, or 0 when there is no such key or CPU.</summary>
    nint ProgramLookup(byte* key, int cpu);
}
