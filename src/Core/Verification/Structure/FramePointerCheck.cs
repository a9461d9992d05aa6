using Skep.Isa;

namespace Skep.Verification.Structure;

/// <summary>R10 keeps pointing to the frame.</summary>
internal static class FramePointerCheck
{
    internal static void Run(StructureInput input, StructureReport report)
    {
        for (int slot = 0; slot < input.Instructions.Length; slot++)
        {
            if (input.Instructions[slot].Writes.Contains(Registers.FramePointer))
            {
                report.Add(VerificationRules.FramePointerWritten, slot, $"the instruction writes r10, expected r0 to r9");
            }
        }
    }
}
