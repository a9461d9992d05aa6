using Skep.Contracts;
using Skep.Isa;
using Skep.Verification.Checks;
using Skep.Verification.Facts;
using Skep.Verification.Obligations;
using Skep.Verification.State;
using Skep.Verification.Transfer;
using Skep.Verification.Values;

namespace Skep.Verification.Walk;

/// <summary>Walks every path of one function, and of the static functions that it calls, on abstract values.</summary>
internal sealed class FunctionWalker
{
    private readonly WalkContext _context;
    private readonly WalkBudget _budget;
    private readonly VerifierInput _input;
    private readonly ObligationTable _obligations;
    private readonly ObligationCheck _checks;
    private readonly StateTransfer _transfer;
    private readonly CheckpointTable _checkpoints;
    private readonly IWalkObserver? _observer;

    public FunctionWalker(VerifierInput input, ObligationTable obligations, FactCollector facts, WalkBudget budget, WalkOptions options)
    {
        _input = input;
        _obligations = obligations;
        _budget = budget;
        _observer = options.Observer;
        _context = new WalkContext(input, facts, budget.Pool) { Log = options.Log, CountsFuel = options.CountsFuel };
        _checks = new ObligationCheck(_context);
        _checkpoints = new CheckpointTable(_context, budget.Clock);
        _transfer = new StateTransfer(_context, _checkpoints.Widen);
    }

    public Problem? Problem => _context.Problem;

    public WalkContext Context => _context;

    public CheckpointTable Checkpoints => _checkpoints;

    /// <param name="callback">How something calls the function later; null for the main function and for global ones.</param>
    /// <returns>False when the walk met a problem.</returns>
    public bool Walk(int function, AsynchronousCallback? callback)
    {
        int slot = _input.StartOf(function);
        if (!TryBegin(function, callback))
        {
            return false;
        }

        _context.Log?.Function(_context, function, callback);
        while (true)
        {
            slot = WalkPath(slot);
            if (slot == StateTransfer.Failed)
            {
                return false;
            }

            _checkpoints.EndPath();
            if (!TryTakeUp(out slot))
            {
                break;
            }
        }

        if (callback is null)
        {
            _context.Log?.FunctionIsSafe(function);
        }

        _context.Facts.Settle(_context.Provenance);
        _observer?.Finished(_context);
        return true;
    }

    /// <summary>Walks on until the path ends or is known.</summary>
    private int WalkPath(int slot)
    {
        while (true)
        {
            _context.Slot = slot;
            if (!_budget.Count(_context))
            {
                return StateTransfer.Failed;
            }

            if (_input.Points.IsPoint(slot))
            {
                switch (_checkpoints.Look(slot))
                {
                    case Visit.Known:
                        return StateTransfer.PathEnds;
                    case Visit.Failed:
                        return StateTransfer.Failed;
                }
            }

            int next = Step(slot);
            if (next < 0)
            {
                return next;
            }

            slot = next;
        }
    }

    private int Step(int slot)
    {
        _context.Facts.Visit(slot);
        _observer?.Before(_context);
        _context.Log?.Instruction(_context, slot);
        foreach (ref readonly Obligation obligation in _obligations.At(slot))
        {
            if (!_checks.Holds(obligation))
            {
                _context.Log?.After(_context, slot, StateTransfer.Failed);
                return StateTransfer.Failed;
            }
        }

        Instruction instruction = _input.Code[slot];
        OpcodeRow row = _input.Rows[slot];
        _context.Steps++;
        _budget.Clock.Jumps += row.IsBranch || row.IsCall || row.IsExit ? 1 : 0;
        int next = _transfer.Apply(slot, instruction, row);
        _context.Log?.After(_context, slot, next);
        return next;
    }

    private bool TryTakeUp(out int slot)
    {
        if (!_context.Pending.TryPop(out PendingState pending))
        {
            slot = 0;
            return false;
        }

        // The pool gets the state that ended; the one that waited becomes the current one.
        _budget.Pool.Return(_context.State);
        _budget.Pool.Forget(pending.Bytes);
        _context.State = pending.State;
        _context.Parent = pending.Parent;
        _context.Steps = pending.Steps;
        _context.Path = pending.Path;
        slot = pending.Slot;
        _context.Log?.From(_context.Paths.SlotOf(pending.Path), slot);
        return true;
    }

    private bool TryBegin(int function, AsynchronousCallback? callback)
    {
        VerifierState state = _budget.Pool.Rent();
        _context.State = state;
        _context.Slot = _input.StartOf(function);
        FrameState frame = CallTransfer.Open(_context, state, function, FrameState.NoCall);
        if (callback is not null)
        {
            CallbackTransfer.Begin(_context, frame, callback.Descriptor, callback.Map);
            return true;
        }

        return function == 0 ? BeginProgram(frame) : BeginGlobal(frame, function);
    }

    private bool BeginProgram(FrameState frame)
    {
        frame.Registers[(int)Register.R1].SetPointer(ValueKind.Context);
        if (_input.Type.Context.HasLength)
        {
            frame.Registers[(int)Register.R2].SetScalar(Scalar.Unknown, _context.Provenance.Add());
        }

        return true;
    }

    private bool BeginGlobal(FrameState frame, int function)
    {
        FunctionSignature signature = _input.Signatures[function];
        string name = _input.Functions.Names[function];
        if (signature.Parameters.Length > 5)
        {
            return _context.Fail(CallRules.GlobalSignature, $"global function {name} has {signature.Parameters.Length} parameters, expected at most 5");
        }

        for (int index = 0; index < signature.Parameters.Length; index++)
        {
            Parameter parameter = signature.Parameters[index];
            ref RegisterState register = ref frame.Registers[index + 1];
            switch (parameter.Kind)
            {
                case ParameterKind.Number:
                    register.SetScalar(Scalar.Unknown, _context.Provenance.Add());
                    break;
                case ParameterKind.Context:
                    register.SetPointer(ValueKind.Context);
                    break;
                case ParameterKind.Memory:
                    register.SetPointer(ValueKind.Memory);
                    register.Range = parameter.Size;
                    register.Access = MemoryAccess.ReadWrite;
                    register.MayBeNull = parameter.MayBeNull;
                    register.Id = _context.NewId();
                    break;
                default:
                    return _context.Fail(
                        CallRules.GlobalSignature, $"parameter {parameter.Name} of global function {name} is neither a number, the context, nor a pointer to something of known size");
            }
        }

        return true;
    }
}
