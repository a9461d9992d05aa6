using Skep.Btf;

namespace Skep.Programs;

/// <summary>Linkage of a function as BTF records it.</summary>
public enum FunctionLinkage : byte
{
    Static,
    Global,
    Extern,
}

/// <summary>A function inside a program.</summary>
/// <param name="Start">Its first slot.</param>
/// <param name="Length">Its length in slots.</param>
/// <param name="Type">Its BTF function type; null when the object has no function info.</param>
public sealed record FunctionSpec(string Name, SlotIndex Start, int Length, FunctionLinkage Linkage, BtfTypeId? Type);
