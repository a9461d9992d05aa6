namespace Skep.Contracts;

/// <summary>Flags of an update (<c>BPF_ANY</c>, <c>BPF_NOEXIST</c>, <c>BPF_EXIST</c>, <c>BPF_F_LOCK</c>).</summary>
[Flags]
public enum MapUpdateFlags : ulong
{
    Any = 0,
    NoExist = 1,
    Exist = 2,
    Lock = 4,
}

/// <summary>
/// A map from keys to values. User code uses spans and gets copies; programs use raw pointers. Errors are the kernel's: user-side members
/// return an <see cref="Errno"/>, program-side ones its negative.
/// </summary>
/// <remarks>Spans must have exactly the key and value size of the map, else <see cref="Errno.EINVAL"/>.</remarks>
public unsafe interface IKeyedMap : IMap
{
    /// <summary>Entries now; an estimate while others write.</summary>
    long Count { get; }

    /// <summary>Copies the value of <paramref name="key"/>. A value that a program is writing may be torn between its aligned 8-byte words, as in Linux.</summary>
    /// <returns><see cref="Errno.None"/>, or <see cref="Errno.ENOENT"/>.</returns>
    Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value);

    Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any);

    Errno Delete(ReadOnlySpan<byte> key);

    /// <summary>Writes the key after <paramref name="key"/> in the map's own order: the first when <paramref name="key"/> is empty or not (or no longer) in the map.</summary>
    /// <returns><see cref="Errno.ENOENT"/> after the last.</returns>
    Errno NextKey(ReadOnlySpan<byte> key, Span<byte> next);

    /// <summary>For programs: the address of the value of the key at <paramref name="key"/>, or 0.</summary>
    nint ProgramLookup(byte* key);

    /// <summary>For programs: 0 or a negative errno.</summary>
    long ProgramUpdate(byte* key, byte* value, ulong flags);

    /// <summary>For programs: 0 or a negative errno.</summary>
    long ProgramDelete(byte* key);
}
