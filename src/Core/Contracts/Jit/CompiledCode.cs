using System.Collections.Immutable;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>What a back end made: machine code, or a delegate of the host's own runtime.</summary>
public abstract record CompiledCode;

/// <summary>Machine code as data, to be installed by the core.</summary>
/// <param name="Code">Position-independent but for <paramref name="Relocations"/>. The entry is at 0 and has the signature <c>ulong (Invocation*, ulong r1, ulong r2)</c> in the platform's C calling convention.</param>
/// <param name="Relocations">Sorted by offset.</param>
/// <param name="PcMap">Sorted by offset.</param>
public sealed record NativeImage(ImmutableArray<byte> Code, ImmutableArray<CodeRelocation> Relocations, ImmutableArray<PcMapEntry> PcMap) : CompiledCode;

/// <summary>Code that the .NET runtime compiles; collected with the delegate.</summary>
public sealed record ManagedEntry(CompiledEntry Entry) : CompiledCode;

/// <summary>A program's entry in managed code.</summary>
public unsafe delegate ulong CompiledEntry(Invocation* invocation, ulong r1, ulong r2);

/// <summary>What is patched into code when it is installed; each is 8 bytes, little-endian.</summary>
public enum CodeRelocationKind : byte
{
    /// <summary>The address of the core-owned cell that holds the unmanaged entry of helper number <see cref="CodeRelocation.Index"/> of the program.</summary>
    HelperCell,

    /// <summary>The address of offset <see cref="CodeRelocation.Index"/> of the code itself.</summary>
    CodeAddress,
}

/// <param name="Offset">Of the 8 bytes to patch, in the code.</param>
public sealed record CodeRelocation(int Offset, CodeRelocationKind Kind, int Index);

/// <summary>From code offset <paramref name="Offset"/> on, until the next entry, code stems from <paramref name="Slot"/>.</summary>
public readonly record struct PcMapEntry(int Offset, SlotIndex Slot);
