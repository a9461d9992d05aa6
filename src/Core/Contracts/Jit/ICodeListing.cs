using System.Collections.Immutable;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>
/// A back end that shows what it makes as text implements this too. <c>skep prog dump jited</c> prints it between the eBPF and C lines, before
/// any disassembler of its own: for code that is no machine code, or for a processor that hosts cannot disassemble.
/// </summary>
public interface ICodeListing
{
    /// <summary>What the lines are written in, for a heading: <c>IL</c>, <c>steps</c>.</summary>
    string Language { get; }

    /// <summary>What <see cref="IJitBackend.Compile"/> makes of the same program with the same options, in the order of the code.</summary>
    /// <exception cref="NotSupportedException">As <see cref="IJitBackend.Compile"/> throws it.</exception>
    ImmutableArray<CodeLine> List(LoweredProgram program, JitOptions options);
}

/// <summary>A line of an <see cref="ICodeListing"/>.</summary>
/// <param name="Offset">As the language counts: bytes from the start of the code or of the function, or lines.</param>
/// <param name="Slot">The slot of the lowered program that it stems from; what opens a function stems from the function's first.</param>
/// <param name="Operation">The first word: <c>ldloc.0</c>.</param>
/// <param name="Operands">The rest; empty for none.</param>
public sealed record CodeLine(int Offset, SlotIndex Slot, string Operation, string Operands = "");
