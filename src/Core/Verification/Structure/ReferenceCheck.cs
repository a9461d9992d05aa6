using Skep.Isa;
using Skep.Programs;

namespace Skep.Verification.Structure;

/// <summary>64-bit loads of maps and variables are bound to something: a descriptor or an id of another process means nothing here.</summary>
internal static class ReferenceCheck
{
    internal static void Run(StructureInput input, StructureReport report)
    {
        for (int slot = 0; slot < input.Instructions.Length; slot++)
        {
            Instruction instruction = input.Instructions[slot];
            string? number = instruction.Operation switch
            {
                Operation.LoadMapByDescriptor or Operation.LoadMapValueByDescriptor => "file descriptor",
                Operation.LoadMapByIndex or Operation.LoadMapValueByIndex => "index",
                Operation.LoadVariable => "BTF id",
                _ => null,
            };
            if (number is null || input.Program.Maps.ContainsKey(slot) || IsWeak(input, slot))
            {
                continue;
            }

            if (instruction.Operation == Operation.LoadVariable)
            {
                report.Add(VerificationRules.UnboundVariable, slot, $"the load names a kernel variable by {number} {instruction.LowImmediate}, expected a name that is bound here");
            }
            else
            {
                report.Add(VerificationRules.UnboundMap, slot, $"the load names a map by {number} {instruction.LowImmediate}, expected a map that is bound by name");
            }
        }
    }

    // What the linker could not bind and let pass becomes address 0.
    private static bool IsWeak(StructureInput input, int slot) => input.References.GetValueOrDefault(slot) is ExternReference { IsWeak: true };
}
