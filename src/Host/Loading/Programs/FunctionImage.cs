using Skep.Btf;
using Skep.Isa;
using Skep.Loading.Elf;
using Skep.Programs;

namespace Skep.Loading.Programs;

/// <summary>One function as it stands in its section; slots inside are counted from its first one.</summary>
internal sealed class FunctionImage(string name, ElfSection section, int firstSlot, int length, FunctionLinkage linkage)
{
    public string Name => name;

    public ElfSection Section => section;

    /// <summary>In slots from the start of its section.</summary>
    public int FirstSlot => firstSlot;

    /// <summary>In slots.</summary>
    public int Length => length;

    public int EndSlot => firstSlot + length;

    public FunctionLinkage Linkage => linkage;

    /// <summary>A function that events can run; the others are only called.</summary>
    public bool IsProgram => !section.IsSubprogramCode;

    public BtfTypeId? Type { get; set; }

    /// <summary>Instructions with references already in place, and calls as in the file.</summary>
    public RawInstruction[] Code { get; set; } = [];

    /// <summary>Sorted by slot.</summary>
    public List<Reference> References { get; } = [];

    /// <summary>Sorted by slot.</summary>
    public List<FunctionUse> Uses { get; } = [];

    /// <summary>Sorted by slot.</summary>
    public List<LineInfo> Lines { get; } = [];

    /// <summary>Sorted by slot.</summary>
    public List<CoreRelocation> CoreRelocations { get; } = [];
}

/// <summary>A call of <paramref name="Target"/>, or (<paramref name="IsAddress"/>) a load of its address.</summary>
internal readonly record struct FunctionUse(int Slot, FunctionImage Target, bool IsAddress);
