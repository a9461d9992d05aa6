using Skep.Findings;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>Who may read and write a map's values, as its creation flags say.</summary>
/// <param name="User">What user code may do; otherwise its operations give <see cref="Errno.EPERM"/>.</param>
/// <param name="Program">What programs may do; the verifier holds them to it.</param>
public readonly record struct MapAccess(MemoryAccess User, MemoryAccess Program)
{
    public bool UserReads => (User & MemoryAccess.Read) != 0;

    public bool UserWrites => (User & MemoryAccess.Write) != 0;

    public static MapAccess FromFlags(uint flags) => new(
        Choose(flags, MapFlags.ReadOnly, MapFlags.WriteOnly),
        Choose(flags, MapFlags.ReadOnlyProgram, MapFlags.WriteOnlyProgram));

    /// <summary>Read-only and write-only at once is refused (linux/bpf.h, <c>bpf_map_flags_access_ok</c>; syscall.c, <c>bpf_get_file_flag</c>).</summary>
    public static Finding? FindConflict(MapSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        MapAccess access = FromFlags(spec.Flags);
        return access.User == MemoryAccess.None || access.Program == MemoryAccess.None
            ? MapRules.ConflictingFlags.Error(
                new Place { Object = spec.Name },
                $"map {spec.Name} has flags 0x{spec.Flags:x}, which make it both read-only and write-only for {(access.User == MemoryAccess.None ? "user code (BPF_F_RDONLY, BPF_F_WRONLY)" : "programs (BPF_F_RDONLY_PROG, BPF_F_WRONLY_PROG)")}")
            : null;
    }

    private static MemoryAccess Choose(uint flags, uint readOnly, uint writeOnly)
        => ((flags & writeOnly) == 0 ? MemoryAccess.Read : MemoryAccess.None)
            | ((flags & readOnly) == 0 ? MemoryAccess.Write : MemoryAccess.None);
}
