using Skep.Findings;

namespace Skep.Loading;

/// <summary>The findings that reading an object file can give.</summary>
public static class LoadingRules
{
    private const string Rebuild = "Build the object again with clang -target bpf -g -O2, and check that it was copied whole.";

    public static readonly Rule FileNotReadable = new("SKEP1001", "file cannot be read", "Check the path and the permissions.");

    public static readonly Rule NotAnObject = new("SKEP1002", "not an ELF file", "Give an object file that clang -target bpf -c has written.");

    public static readonly Rule ForeignObject = new("SKEP1003", "object of another kind", "Build with clang -target bpf -c (bpfel): Skep reads 64-bit little-endian relocatable eBPF objects.");

    public static readonly Rule Truncated = new("SKEP1004", "file is truncated", Rebuild);

    public static readonly Rule MalformedElf = new("SKEP1005", "malformed ELF structure", Rebuild);

    public static readonly Rule LimitExceeded = new("SKEP1006", "limit exceeded", "Make the object smaller, or raise the named member of LoadingLimits.");

    public static readonly Rule MalformedBtf = new("SKEP1010", "malformed BTF", Rebuild);

    public static readonly Rule MalformedBtfExt = new("SKEP1011", "malformed BTF.ext", Rebuild);

    public static readonly Rule MalformedFunction = new("SKEP1020", "malformed function", "Give every function its size (.size in assembly) and let none share instructions.");

    public static readonly Rule DuplicateName = new("SKEP1021", "name used twice", "Rename one of the two: a program's and a map's name must be unique in an object.");

    public static readonly Rule NoProgram = new("SKEP1022", "no program to run", "Put the entry function into a section that names its type: SEC(\"tracepoint/...\").");

    public static readonly Rule MalformedRelocation = new("SKEP1030", "malformed relocation", Rebuild);

    public static readonly Rule UnsupportedRelocation = new("SKEP1031", "unsupported relocation", "Refer to maps, global variables, functions and externs only.");

    public static readonly Rule UnknownSymbol = new("SKEP1032", "unknown symbol", "Define it, include its file, or declare it extern with __kconfig or __ksym and build with -g.");

    public static readonly Rule BadCallTarget = new("SKEP1033", "call of something that is no function", "Call functions by name, at their first instruction.");

    public static readonly Rule BadAddress = new("SKEP1034", "address outside of a section", "Keep pointers to globals inside the variables they point to.");

    public static readonly Rule DataRelocationIgnored = new("SKEP1035", "pointer in initialised data", "Fill the pointer in at run time: Skep leaves it 0, as libbpf does.");

    public static readonly Rule MalformedMap = new("SKEP1040", "malformed map definition", "Write the map as bpf_helpers.h shows: a struct of __uint, __type, __array and __ulong members in SEC(\".maps\").");

    public static readonly Rule UnknownMapMember = new("SKEP1041", "unknown member of a map definition", "Use type, key_size, value_size, key, value, max_entries, map_flags, numa_node, map_extra, pinning or values.");

    public static readonly Rule MapsNeedTypes = new("SKEP1042", "map definitions without BTF", "Build with -g, so that clang writes the .BTF section that SEC(\".maps\") needs.");

    public static readonly Rule MalformedMapValues = new("SKEP1043", "malformed static map contents", "List maps or programs of the same object: .values = { [0] = &name }.");

    public static readonly Rule MalformedMetadata = new("SKEP1050", "malformed license or version", "Write char _license[] SEC(\"license\") = \"GPL\" and __u32 _version SEC(\"version\") = number.");

    /// <summary>Every rule, by id.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        FileNotReadable, NotAnObject, ForeignObject, Truncated, MalformedElf, LimitExceeded,
        MalformedBtf, MalformedBtfExt,
        MalformedFunction, DuplicateName, NoProgram,
        MalformedRelocation, UnsupportedRelocation, UnknownSymbol, BadCallTarget, BadAddress, DataRelocationIgnored,
        MalformedMap, UnknownMapMember, MapsNeedTypes, MalformedMapValues,
        MalformedMetadata,
    ];
}
