namespace Skep.Isa;

/// <summary>A field of an encoding; the ones that begin with Next are in the second slot of a 64-bit immediate.</summary>
public enum InstructionField : byte
{
    Opcode,
    Destination,
    Source,
    Offset,
    Immediate,
    NextOpcode,
    NextDestination,
    NextSource,
    NextOffset,
    NextImmediate,
}
