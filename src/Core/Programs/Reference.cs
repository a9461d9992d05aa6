namespace Skep.Programs;

/// <summary>Something outside the program that the instruction at <paramref name="Slot"/> names; bound when the program is linked.</summary>
public abstract record Reference(SlotIndex Slot);

/// <summary>A 64-bit immediate load of a map.</summary>
public sealed record MapReference(SlotIndex Slot, string MapName) : Reference(Slot);

/// <summary>A 64-bit immediate load of an address <paramref name="Offset"/> bytes into the only value of a map (a data section).</summary>
public sealed record MapValueReference(SlotIndex Slot, string MapName, uint Offset) : Reference(Slot);

/// <summary>A 64-bit immediate load of a program-local function's address, for callbacks; <paramref name="Target"/> is its first slot in the same program.</summary>
public sealed record FunctionReference(SlotIndex Slot, SlotIndex Target) : Reference(Slot);

/// <summary>What an <c>extern</c> names.</summary>
public enum ExternKind : byte
{
    /// <summary>A kernel configuration value (<c>__kconfig</c>).</summary>
    KernelConfiguration,

    /// <summary>A kernel variable (<c>__ksym</c> data).</summary>
    KernelVariable,

    /// <summary>A named function (<c>__ksym</c> function): a kfunc, or a helper that a plugin adds by name.</summary>
    NamedFunction,
}

/// <summary>A call or an address load of an <c>extern</c>.</summary>
/// <param name="IsWeak">A weak extern that cannot be bound becomes address 0 instead of a finding.</param>
public sealed record ExternReference(SlotIndex Slot, string Name, ExternKind Kind, bool IsWeak) : Reference(Slot);
