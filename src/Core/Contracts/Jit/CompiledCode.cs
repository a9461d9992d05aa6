using System.Collections.Immutable;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>What a back end made: machine code, or delegates of the host's own runtime.</summary>
public abstract record CompiledCode;

/// <summary>Machine code as data, to be installed by the core.</summary>
/// <param name="Code">Position-independent but for <paramref name="Relocations"/>.</param>
/// <param name="Relocations">Sorted by offset.</param>
/// <param name="PcMap">Sorted by offset.</param>
/// <param name="Entries">
/// What may be called from outside, in the platform's C calling convention as <c>ulong (Invocation*, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)</c>: the main function
/// first, then every function whose address the program takes.
/// </param>
public sealed record NativeImage(
    ImmutableArray<byte> Code, ImmutableArray<CodeRelocation> Relocations, ImmutableArray<PcMapEntry> PcMap, ImmutableArray<CodeEntry> Entries) : CompiledCode;

/// <summary>Code that the .NET runtime compiles; collected with its delegates.</summary>
/// <param name="Main">The main function.</param>
/// <param name="Functions">Every function whose address the program takes, by the slot at which it starts.</param>
public sealed record ManagedEntry(CompiledEntry Main, ImmutableDictionary<int, CompiledEntry> Functions) : CompiledCode;

/// <summary>A function of a program in managed code. After a trap the result does not matter.</summary>
public unsafe delegate ulong CompiledEntry(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5);

/// <param name="Function">The slot at which the function starts in the lowered program.</param>
/// <param name="Offset">Of the entry in the code, in bytes.</param>
public readonly record struct CodeEntry(SlotIndex Function, int Offset);

/// <summary>What is patched into code when it is installed; each is 8 bytes, little-endian.</summary>
public enum CodeRelocationKind : byte
{
    /// <summary>
    /// The address of the core-owned cell that holds the C entry of the program's helper number <see cref="CodeRelocation.Index"/>: a function as in
    /// <see cref="NativeImage"/>. Before the call, the code writes the call's lowered slot to <see cref="InvocationLayout.Slot"/>.
    /// </summary>
    HelperCell,

    /// <summary>The address of offset <see cref="CodeRelocation.Index"/> of the code itself.</summary>
    CodeAddress,
}

/// <param name="Offset">Of the 8 bytes to patch, in the code.</param>
public sealed record CodeRelocation(int Offset, CodeRelocationKind Kind, int Index);

/// <summary>From code offset <paramref name="Offset"/> on, until the next entry, code stems from <paramref name="Slot"/> of the lowered program.</summary>
public readonly record struct PcMapEntry(int Offset, SlotIndex Slot);
