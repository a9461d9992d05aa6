using System.Collections.Immutable;
using Skep.Flow;

namespace Skep.Verification.Structure;

/// <summary>
/// Calls end: no function calls itself, however indirectly, and no chain of calls from the main function, or from one that is called later, has more
/// frames or more stack than the limits. Each pair of functions is looked at once, so the time is linear in the calls.
/// </summary>
internal static class CallDepthCheck
{
    /// <summary>What the kernel rounds a frame up to, in bytes, when it compiles (round_up_stack_depth in kernel/bpf/verifier.c; 32 when it interprets).</summary>
    private const int FrameGranularity = 16;

    /// <param name="roots">Functions that begin with a stack of their own; the main function is the first.</param>
    internal static void Run(StructureInput input, CallGraph calls, IReadOnlyList<int> roots, ImmutableArray<int> stackBytes, StructureReport report)
    {
        if (FindOrder(input, calls, roots, report) is not { } calleesFirst)
        {
            return;
        }

        Measure(calls, calleesFirst, _ => 1, out int[] frames, out CallEdge?[] deeper);
        int root = roots.MaxBy(function => frames[function]);
        if (frames[root] > input.Limits.MaxCallDepth)
        {
            List<CallEdge> chain = Chain(deeper, root);
            report.Add(
                VerificationRules.CallTooDeep, chain[Math.Clamp(input.Limits.MaxCallDepth - 1, 0, chain.Count - 1)].Slot.Value,
                $"the calls {Names(input, root, chain)} make {frames[root]} frames, expected at most {input.Limits.MaxCallDepth} (Limits.MaxCallDepth)");
        }

        Measure(calls, calleesFirst, function => RoundUp(stackBytes[function]), out int[] bytes, out CallEdge?[] bigger);
        root = roots.MaxBy(function => bytes[function]);
        List<CallEdge> path = Chain(bigger, root);
        if (path.Count > 0 && bytes[root] > input.Limits.MaxCombinedStackBytes)
        {
            report.Add(
                VerificationRules.CombinedStack, SlotThatExceeds(root, path, stackBytes, input.Limits.MaxCombinedStackBytes),
                $"the frames of the calls {Names(input, root, path)} take {bytes[root]} bytes, each rounded up to {FrameGranularity}, expected at most {input.Limits.MaxCombinedStackBytes} together (Limits.MaxCombinedStackBytes)");
        }
    }

    /// <returns>The functions that the roots reach, callees before callers; null where calls go in a circle.</returns>
    private static List<int>? FindOrder(StructureInput input, CallGraph calls, IReadOnlyList<int> roots, StructureReport report)
    {
        var order = new List<int>();
        bool[] isOpen = new bool[calls.FunctionCount];
        bool[] isDone = new bool[calls.FunctionCount];
        bool hasCircle = false;
        var path = new List<(FunctionIndex Function, int NextCall)>();
        int nextRoot = 0;
        while (path.Count > 0 || nextRoot < roots.Count)
        {
            if (path.Count == 0)
            {
                int root = roots[nextRoot++];
                if (!isDone[root])
                {
                    isOpen[root] = true;
                    path.Add((new FunctionIndex(root), 0));
                }

                continue;
            }

            (FunctionIndex function, int nextCall) = path[^1];
            ImmutableArray<CallEdge> edges = calls.CallsFrom(function);
            if (nextCall == edges.Length)
            {
                isOpen[function.Value] = false;
                isDone[function.Value] = true;
                order.Add(function.Value);
                path.RemoveAt(path.Count - 1);
                continue;
            }

            path[^1] = (function, nextCall + 1);
            CallEdge call = edges[nextCall];
            if (isOpen[call.Callee.Value])
            {
                hasCircle = true;
                ReportCircle(input, path, call, report);
            }
            else if (!isDone[call.Callee.Value])
            {
                isOpen[call.Callee.Value] = true;
                path.Add((call.Callee, 0));
            }
        }

        return hasCircle ? null : order;
    }

    private static void ReportCircle(StructureInput input, List<(FunctionIndex Function, int NextCall)> path, CallEdge closing, StructureReport report)
    {
        int start = path.FindIndex(entry => entry.Function == closing.Callee);
        IEnumerable<string> names = path.Skip(start).Select(entry => entry.Function).Append(closing.Callee).Select(function => input.Functions.Names[function.Value]);
        report.Add(VerificationRules.Recursion, closing.Slot.Value, $"the calls {Abbreviate(names)} go in a circle");
    }

    /// <summary>For each function the heaviest chain of calls that begins with it, and that chain's first call.</summary>
    private static void Measure(CallGraph calls, List<int> calleesFirst, Func<int, int> weigh, out int[] total, out CallEdge?[] heaviest)
    {
        total = new int[calls.FunctionCount];
        heaviest = new CallEdge?[calls.FunctionCount];
        foreach (int function in calleesFirst)
        {
            foreach (CallEdge call in calls.CallsFrom(new FunctionIndex(function)))
            {
                if (heaviest[function] is not { } best || total[call.Callee.Value] > total[best.Callee.Value])
                {
                    heaviest[function] = call;
                }
            }

            total[function] = weigh(function) + (heaviest[function] is { } chosen ? total[chosen.Callee.Value] : 0);
        }
    }

    private static List<CallEdge> Chain(CallEdge?[] next, int root)
    {
        var chain = new List<CallEdge>();
        for (CallEdge? call = next[root]; call is { } edge; call = next[edge.Callee.Value])
        {
            chain.Add(edge);
        }

        return chain;
    }

    private static int SlotThatExceeds(int root, List<CallEdge> path, ImmutableArray<int> stackBytes, int limit)
    {
        int sum = RoundUp(stackBytes[root]);
        foreach (CallEdge call in path)
        {
            sum += RoundUp(stackBytes[call.Callee.Value]);
            if (sum > limit)
            {
                return call.Slot.Value;
            }
        }

        return path[^1].Slot.Value;
    }

    /// <summary>What a frame takes along a chain of calls, in bytes.</summary>
    internal static int RoundUp(int bytes) => (bytes + FrameGranularity - 1) / FrameGranularity * FrameGranularity;

    private static string Names(StructureInput input, int root, List<CallEdge> chain) =>
        Abbreviate(chain.Select(call => call.Callee).Prepend(new FunctionIndex(root)).Select(function => input.Functions.Names[function.Value]));

    // A chain of 256 functions would hide what is said about it.
    private static string Abbreviate(IEnumerable<string> names)
    {
        const int Shown = 10;
        string[] all = [.. names];
        return all.Length <= Shown
            ? string.Join(" → ", all)
            : string.Join(" → ", all[..(Shown - 1)]) + " → … → " + all[^1];
    }
}
