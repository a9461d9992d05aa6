using Skep.Flow;
using Skep.Isa;

namespace Skep.Verification.Structure;

/// <summary>Control stays in its function: branches lead to instructions of it, and it ends with an exit or a jump.</summary>
internal static class BranchCheck
{
    /// <returns>Whether every branch leads somewhere. An end that falls out of its function hides nothing within it.</returns>
    internal static bool Run(StructureInput input, StructureReport report)
    {
        bool isGood = true;
        for (int index = 0; index < input.Functions.Ranges.Length; index++)
        {
            FunctionRange function = input.Functions.Ranges[index];
            string name = input.Functions.Names[index];
            for (int slot = function.Start.Value; slot < function.End.Value; slot++)
            {
                isGood &= !input.Instructions[slot].Row.IsBranch || CheckTarget(input, function, name, slot, report);
            }

            CheckEnd(input, function, name, report);
        }

        return isGood;
    }

    private static bool CheckTarget(StructureInput input, FunctionRange function, string name, int slot, StructureReport report)
    {
        long target = input.Instructions[slot].TargetFrom(slot);
        int count = input.Instructions.Length;
        if (target < 0 || target >= count)
        {
            report.Add(VerificationRules.JumpOutOfProgram, slot, $"the jump goes to slot {target}, expected 0 to {count - 1}");
        }
        else if (!function.Contains(target))
        {
            report.Add(
                VerificationRules.JumpAcrossFunctions, slot,
                $"the jump goes to slot {target}, outside of {name}, expected slot {function.Start.Value} to {function.End.Value - 1}");
        }
        else if (input.Instructions[(int)target].Operation == Operation.Continuation)
        {
            report.Add(VerificationRules.JumpIntoWideImmediate, slot, $"the jump goes to slot {target}, the second half of the 64-bit immediate at slot {target - 1}");
        }
        else
        {
            return true;
        }

        return false;
    }

    // A malformed instruction at the end has its own finding.
    private static void CheckEnd(StructureInput input, FunctionRange function, string name, StructureReport report)
    {
        int last = function.End.Value - 1;
        Instruction end = input.Instructions[last];
        if (end.Row.EndsFlow)
        {
            return;
        }

        int at = end.Operation == Operation.Continuation ? last - 1 : last;
        if (function.Contains(at) && input.Instructions[at].Operation != Operation.Invalid)
        {
            report.Add(VerificationRules.FallsOffEnd, at, $"the last instruction of {name} is {input.Instructions[at].Row.Mnemonic}, expected exit or goto");
        }
    }
}
