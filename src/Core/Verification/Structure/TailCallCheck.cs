using Skep.Flow;

namespace Skep.Verification.Structure;

/// <summary>
/// A tail call from a function leaves the frames above it open under the next program, and that up to 33 times: so they must be small
/// (check_max_stack_depth in kernel/bpf/verifier.c).
/// </summary>
internal static class TailCallCheck
{
    private const int MaximumBytesAbove = 256;

    internal static void Run(StructureInput input, CallGraph calls, IReadOnlyList<int> stackBytes, StructureReport report)
    {
        int[] above = new int[input.Functions.Ranges.Length];
        var waiting = new Queue<int>([0]);
        while (waiting.TryDequeue(out int caller))
        {
            int bytes = above[caller] + CallDepthCheck.RoundUp(stackBytes[caller]);
            foreach (CallEdge call in calls.CallsFrom(new FunctionIndex(caller)))
            {
                // Calls go in no circle, so a function is met again only for a deeper chain.
                if (bytes > above[call.Callee.Value] && bytes <= input.Limits.MaxCombinedStackBytes)
                {
                    above[call.Callee.Value] = bytes;
                    waiting.Enqueue(call.Callee.Value);
                }
            }
        }

        foreach ((int slot, Runtime.HelperBinding helper) in input.Program.Helpers)
        {
            int function = helper.Descriptor.IsTailCall ? FunctionOf(input, slot) : 0;
            if (function != 0 && above[function] >= MaximumBytesAbove)
            {
                report.Add(
                    CallRules.TailCall, slot,
                    $"{input.Functions.Names[function]} makes a tail call under frames of {above[function]} bytes, expected less than {MaximumBytesAbove}");
            }
        }
    }

    private static int FunctionOf(StructureInput input, int slot)
    {
        for (int index = 0; index < input.Functions.Ranges.Length; index++)
        {
            if (input.Functions.Ranges[index].Contains(slot))
            {
                return index;
            }
        }

        return 0;
    }
}
