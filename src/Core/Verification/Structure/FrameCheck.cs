using System.Collections.Immutable;
using Skep.Flow;
using Skep.Isa;

namespace Skep.Verification.Structure;

/// <summary>Accesses at a constant distance from R10 stay in the frame; how deep they go is the function's stack.</summary>
internal static class FrameCheck
{
    /// <returns>By function: the deepest byte below R10 that such an access touches.</returns>
    internal static ImmutableArray<int> Run(StructureInput input, StructureReport report)
    {
        int frameBytes = input.Limits.MaxFrameBytes;
        var deepest = ImmutableArray.CreateBuilder<int>(input.Functions.Ranges.Length);
        foreach (FunctionRange function in input.Functions.Ranges)
        {
            int depth = 0;
            for (int slot = function.Start.Value; slot < function.End.Value; slot++)
            {
                Instruction instruction = input.Instructions[slot];
                OpcodeRow row = instruction.Row;
                if (row.AccessSize == 0 || BaseRegister(instruction, row) != (byte)Registers.FramePointer)
                {
                    continue;
                }

                if (instruction.Offset < -frameBytes || instruction.Offset + row.AccessSize > 0)
                {
                    report.Add(
                        VerificationRules.OutOfFrame, slot,
                        $"the access touches {row.AccessSize} bytes from r10{instruction.Offset:+0;-0;+0} on, expected r10-{frameBytes} to r10-{row.AccessSize}");
                }
                else
                {
                    depth = Math.Max(depth, -instruction.Offset);
                }
            }

            deepest.Add(depth);
        }

        return deepest.MoveToImmutable();
    }

    private static byte BaseRegister(in Instruction instruction, OpcodeRow row) => row.IsStore ? instruction.Destination : instruction.Source;
}
