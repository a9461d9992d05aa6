using Skep.Flow;
using Skep.Isa;

namespace Skep.Verification.Structure;

/// <summary>Local calls and function addresses lead to where a function begins.</summary>
internal static class CallTargetCheck
{
    internal static void Run(StructureInput input, StructureReport report)
    {
        for (int slot = 0; slot < input.Instructions.Length; slot++)
        {
            if (CallGraph.TargetOf(input.Instructions[slot], slot, input.AddressTargets) is not { } target || input.Functions.IsStart(target))
            {
                continue;
            }

            int count = input.Instructions.Length;
            string what = input.Instructions[slot].Operation == Operation.CallLocal ? "the call goes to" : "the address is of";
            if (target < 0 || target >= count)
            {
                report.Add(VerificationRules.BadCallTarget, slot, $"{what} slot {target}, expected 0 to {count - 1}");
            }
            else
            {
                report.Add(VerificationRules.BadCallTarget, slot, $"{what} slot {target}, where no function begins");
            }
        }
    }
}
