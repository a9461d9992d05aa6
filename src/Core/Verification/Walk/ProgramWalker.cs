using Skep.Programs;
using Skep.Verification.Facts;
using Skep.Verification.Log;
using Skep.Verification.Obligations;

namespace Skep.Verification.Walk;

/// <summary>Walks a whole program: the main function, then each global function that something calls.</summary>
internal sealed class ProgramWalker(VerifierInput input, VerifierDiagnostics diagnostics)
{
    private readonly ObligationTable _obligations = ObligationTable.Of(input);
    private readonly WalkBudget _budget = new(input.Limits, diagnostics.Clock);
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
        Facts = new FactCollector(input);
        var options = new WalkOptions
        {
            Log = diagnostics.Log is { } writer ? new WalkLog(input.Program, writer) : null,
            Observer = diagnostics.Observer,
            CountsFuel = countsFuel,
        };
        var walked = new HashSet<int>();
        var waiting = new Queue<int>([0]);
        while (waiting.TryDequeue(out int function))
        {
            if (!walked.Add(function))
            {
                continue;
            }

            var walker = new FunctionWalker(input, _obligations, Facts, _budget, options);
            bool isRight = walker.Walk(function);
            _budget.Finish(walker.Context);
            _totalStates += walker.Checkpoints.TotalKept;
            _mostAtOneSlot = Math.Max(_mostAtOneSlot, walker.Checkpoints.MostAtOneSlot);
            if (!isRight)
            {
                Failed = walker;
                return false;
            }

            EnqueueGlobals(waiting);
        }

        return true;
    }

    /// <summary>Global functions that a visited instruction calls.</summary>
    private void EnqueueGlobals(Queue<int> waiting)
    {
        for (int slot = 0; slot < input.Code.Length; slot++)
        {
            if (input.Code[slot].Operation == Isa.Operation.CallLocal && Facts.IsVisited(slot) && input.Callees[slot] is >= 0 and int callee && input.Signatures[callee].IsGlobal)
            {
                waiting.Enqueue(callee);
            }
        }
    }
}
