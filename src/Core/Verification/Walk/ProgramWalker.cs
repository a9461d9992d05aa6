using Skep.Programs;
using Skep.Verification.Facts;
using Skep.Verification.Log;
using Skep.Verification.Obligations;

namespace Skep.Verification.Walk;

/// <summary>Walks a whole program: the main function, then each global function that something calls, and each function that helpers call later.</summary>
internal sealed class ProgramWalker(VerifierInput input, VerifierDiagnostics diagnostics)
{
    private readonly ObligationTable _obligations = ObligationTable.Of(input);
    private readonly WalkLog? _log = diagnostics.Log is { } writer ? new WalkLog(input, writer) : null;
    private readonly long _start = diagnostics.Clock.GetTimestamp();
    private WalkBudget _budget = new(input.Limits, diagnostics, 0);
    private int _totalStates;
    private int _mostAtOneSlot;

    /// <summary>The walk that met the problem; null when none did.</summary>
    public FunctionWalker? Failed { get; private set; }

    public FactCollector Facts { get; private set; } = new(input);

    /// <summary>The most instructions that one run executes; null where that is not bounded, or global functions, which are walked on their own, take part.</summary>
    public long? LongestPath { get; private set; }

    public VerificationStatistics Statistics => new(
        _budget.Clock.Visited, _totalStates, _budget.Pool.PeakInUse, _mostAtOneSlot, _budget.PeakBytes, _budget.Elapsed);

    /// <param name="countsFuel">Loops that are not proved to end are let pass and marked.</param>
    /// <returns>False when there is a problem.</returns>
    public bool Walk(bool countsFuel)
    {
        // What an earlier walk that failed has used up, time apart, is free again.
        _budget = new WalkBudget(input.Limits, diagnostics, _start);
        Facts = new FactCollector(input);
        _totalStates = 0;
        _mostAtOneSlot = 0;
        if (countsFuel)
        {
            _log?.Again();
        }
        else
        {
            _log?.Begin();
        }

        var options = new WalkOptions
        {
            Log = _log,
            Observer = diagnostics.Observer,
            CountsFuel = countsFuel,
        };
        List<int> calls = [.. Enumerable.Range(0, input.Code.Length).Where(CallsGlobal)];
        FunctionWalker? last = null;
        var known = new HashSet<(int, AsynchronousCallback?)> { (0, null) };
        var waiting = new Queue<(int Function, AsynchronousCallback? Callback)>(known);
        while (waiting.TryDequeue(out (int Function, AsynchronousCallback? Callback) root))
        {
            var walker = new FunctionWalker(input, _obligations, Facts, _budget, options);
            bool isRight = walker.Walk(root.Function, root.Callback);
            _budget.Finish(walker.Context);
            _totalStates += walker.Checkpoints.TotalKept;
            _mostAtOneSlot = Math.Max(_mostAtOneSlot, walker.Checkpoints.MostAtOneSlot);
            if (!isRight)
            {
                Failed = walker;
                _log?.Failed(walker.Problem!.Message);
                return false;
            }

            // Each function is walked by itself: nothing is compared with what the last one kept.
            _budget.Pool.ForgetAll();

            // What a timer calls later is a run of its own; what is called by its type takes part in this one.
            LongestPath = root switch
            {
                (0, null) => walker.Checkpoints.LongestPath,
                (_, null) => null,
                _ => LongestPath,
            };
            foreach ((int, AsynchronousCallback?) found in FoundRoots(calls).Where(known.Add))
            {
                waiting.Enqueue(found);
            }

            last = walker;
        }

        if (last is not null && !Facts.Alignment.Check(last.Context))
        {
            Failed = last;
            return false;
        }

        return true;
    }

    /// <summary>Ends the log.</summary>
    public void EndLog() => _log?.End(Statistics, Facts.StackBytes);

    /// <summary>Global functions that a visited instruction calls, and what is called later.</summary>
    /// <param name="calls">The calls of global functions that were not seen to be visited.</param>
    private IEnumerable<(int Function, AsynchronousCallback? Callback)> FoundRoots(List<int> calls)
    {
        int[] visited = [.. calls.Where(Facts.IsVisited)];
        calls.RemoveAll(Facts.IsVisited);
        foreach (int slot in visited)
        {
            yield return (input.Callees[slot], null);
        }

        foreach (AsynchronousCallback callback in Facts.Asynchronous)
        {
            yield return (callback.Function, callback);
        }
    }

    private bool CallsGlobal(int slot)
        => input.Code[slot].Operation == Isa.Operation.CallLocal && input.Callees[slot] is >= 0 and int callee && input.Signatures[callee].IsGlobal;
}
