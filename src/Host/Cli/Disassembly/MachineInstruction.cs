namespace Skep.Cli.Disassembly;

/// <summary>An instruction of a processor as text.</summary>
/// <param name="Offset">From the start of the code, in bytes.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Operands">Empty for none.</param>
internal sealed record MachineInstruction(int Offset, int Length, string Operation, string Operands);
