using System.Collections.Immutable;

namespace Skep.Cli.Disassembly;

/// <summary>Turns machine code into text. Pure: the code need not be for this machine, and is never run.</summary>
internal interface IDisassembler
{
    /// <returns>One after the other, without gaps, over all of the code; what is no instruction is a directive (<c>.byte</c>, <c>.inst</c>).</returns>
    ImmutableArray<MachineInstruction> Disassemble(ReadOnlySpan<byte> code);
}
