namespace Skep.Programs;

/// <summary>A line of the C source as BTF line info keeps it.</summary>
/// <param name="File">The file name that the compiler recorded.</param>
/// <param name="Line">Counted from 1; 0 when the compiler knew none.</param>
/// <param name="Column">Counted from 1; 0 when the compiler knew none.</param>
/// <param name="Text">The line itself, with its indentation; empty when the compiler recorded none.</param>
public sealed record SourceLine(string File, int Line, int Column, string Text);

/// <summary>From <paramref name="Slot"/> on, until the next entry, instructions come from <paramref name="Source"/>.</summary>
public sealed record LineInfo(SlotIndex Slot, SourceLine Source);
