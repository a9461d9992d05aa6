using Skep.Programs;
using Skep.Verification.Facts;
using Skep.Verification.Log;
using Skep.Verification.Obligations;

namespace Skep.Verification.Walk;

/// <summary>Walks a whole program: the main function, then each global function that something calls.</summary>
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
        var known = new HashSet<int>([0]);
        var waiting = new Queue<int>([0]);
        while (waiting.TryDequeue(out int function))
        {
            var walker = new FunctionWalker(input, _obligations, Facts, _budget, options);
            bool isRight = walker.Walk(function);
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
            EnqueueGlobals(calls, known, waiting);
        }

        return true;
    }

    /// <summary>Ends the log.</summary>
    public void EndLog() => _log?.End(Statistics, Facts.StackBytes);

    /// <summary>Global functions that a visited instruction calls, each once. A call that was visited need not be looked at again.</summary>
    private void EnqueueGlobals(List<int> calls, HashSet<int> known, Queue<int> waiting) => calls.RemoveAll(slot =>
    {
        if (!Facts.IsVisited(slot))
        {
            return false;
        }

        if (known.Add(input.Callees[slot]))
        {
            waiting.Enqueue(input.Callees[slot]);
        }

        return true;
    });

    private bool CallsGlobal(int slot)
        => input.Code[slot].Operation == Isa.Operation.CallLocal && input.Callees[slot] is >= 0 and int callee && input.Signatures[callee].IsGlobal;
}
