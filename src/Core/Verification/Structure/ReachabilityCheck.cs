using System.Collections.Immutable;
using Skep.Flow;

namespace Skep.Verification.Structure;

/// <summary>Some path from the start of the program leads to every instruction.</summary>
internal static class ReachabilityCheck
{
    /// <summary>By slot. Control must get to a block in its function, and calls to the function.</summary>
    internal static ImmutableArray<bool> Find(ControlFlowGraph flow, CallGraph calls)
    {
        ImmutableArray<bool> functions = calls.Reachable();
        var reachable = ImmutableArray.CreateBuilder<bool>(flow.SlotCount);
        for (int index = 0; index < flow.Blocks.Length; index++)
        {
            BasicBlock block = flow.Blocks[index];
            bool isReached = functions[block.Function.Value] && flow.IsReachable(new BlockIndex(index));
            for (int i = 0; i < block.Length; i++)
            {
                reachable.Add(isReached);
            }
        }

        return reachable.MoveToImmutable();
    }

    /// <summary>One finding a stretch within a function: what is unreachable is seldom a single instruction.</summary>
    internal static void Run(StructureInput input, ImmutableArray<bool> reachable, StructureReport report)
    {
        for (int index = 0; index < input.Functions.Ranges.Length; index++)
        {
            FunctionRange function = input.Functions.Ranges[index];
            for (int slot = function.Start.Value; slot < function.End.Value; slot++)
            {
                if (reachable[slot])
                {
                    continue;
                }

                int end = slot;
                while (end < function.End.Value && !reachable[end])
                {
                    end++;
                }

                Report(input, index, slot, end, report);
                slot = end;
            }
        }
    }

    private static void Report(StructureInput input, int index, int start, int end, StructureReport report)
    {
        string name = input.Functions.Names[index];
        if (end - start == input.Functions.Ranges[index].Length)
        {
            report.Add(VerificationRules.Unreachable, start, $"nothing calls {name}, {end - start} slots");
        }
        else
        {
            report.Add(VerificationRules.Unreachable, start, $"no path leads to slots {start} to {end - 1} of {name}");
        }
    }
}
