using System.Collections.Immutable;
using Skep.Isa;

namespace Skep.Programs.Dump;

/// <summary>One instruction of a dump, and what stands above it.</summary>
/// <param name="Prototype">The C declaration of the function that begins here.</param>
/// <param name="Source">The source line that begins here, its text without indentation.</param>
/// <param name="Text">Slot, opcode and instruction, as the dump shows them.</param>
/// <param name="Disassembly">Opcode and instruction without slot and comment.</param>
/// <param name="Bytes">8 bytes, or 16 of a 64-bit immediate.</param>
public sealed record DumpEntry(
    SlotIndex Slot, Instruction Instruction, string? Prototype, SourceLine? Source, string Text, string Disassembly, ImmutableArray<byte> Bytes);
