using Skep.Isa;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>What an instruction makes of the state, its obligations being met.</summary>
internal sealed class StateTransfer
{
    /// <summary>The walk ends: the context has the problem.</summary>
    public const int Failed = -1;

    /// <summary>The path has come to its end.</summary>
    public const int PathEnds = CallTransfer.PathEnds;

    private readonly WalkContext _context;
    private readonly Action<int, VerifierState> _widen;
    private readonly ArithmeticTransfer _arithmetic;
    private readonly WideTransfer _wide;
    private readonly LoadTransfer _loads;
    private readonly StoreTransfer _stores;
    private readonly BranchTransfer _branches;
    private readonly CallTransfer _calls;
    private readonly HelperTransfer _helpers;
    private readonly PacketLoadTransfer _packets;

    /// <param name="widen">Makes a state less exact that goes round a loop of the runtime at a slot.</param>
    public StateTransfer(WalkContext context, Action<int, VerifierState> widen)
    {
        _context = context;
        _widen = widen;
        _arithmetic = new ArithmeticTransfer(context);
        _wide = new WideTransfer(context);
        _loads = new LoadTransfer(context);
        _stores = new StoreTransfer(context, _loads);
        _branches = new BranchTransfer(context);
        _calls = new CallTransfer(context, _stores, widen);
        _helpers = new HelperTransfer(context, _stores, new CallbackTransfer(context), new IteratorTransfer(context, widen));
        _packets = new PacketLoadTransfer(context);
    }

    /// <returns>The slot that the path goes on at, or <see cref="Failed"/>, or <see cref="PathEnds"/>.</returns>
    public int Apply(int slot, in Instruction instruction, OpcodeRow row)
    {
        switch (row.Shape)
        {
            case InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned:
                return _arithmetic.Apply(instruction, row) ? slot + 1 : Failed;
            case InstructionShape.Load or InstructionShape.LoadAcquire:
                _loads.Apply(instruction, row);
                return slot + 1;
            case InstructionShape.StoreImmediate or InstructionShape.StoreRegister or InstructionShape.StoreRelease:
                _stores.Apply(instruction, row);
                return slot + 1;
            case InstructionShape.JumpImmediate or InstructionShape.JumpRegister:
                return _branches.Apply(instruction, row);
            case InstructionShape.Jump:
                return (int)instruction.TargetFrom(slot);
            case InstructionShape.LoadWide:
                _wide.Apply(instruction);
                return slot + 2;
            case InstructionShape.Call:
                return _context.Input.Helpers[slot] is { } helper ? _helpers.Apply(slot, helper) : _calls.Call(slot);
            case InstructionShape.Exit:
                return _calls.Exit();
            case InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange:
                _stores.ApplyAtomic(instruction, row);
                return slot + 1;
            case InstructionShape.LoadPacket:
                return _packets.Apply(row) ? slot + 1 : Failed;
            case InstructionShape.MayGoto:
                return MayGoto(slot, instruction);
            default:
                throw new InvalidOperationException($"Slot {slot} is no instruction, which the structural checks exclude.");
        }
    }

    /// <summary>The budget may be spent, and then it jumps; or not, and then one more round is walked.</summary>
    private int MayGoto(int slot, in Instruction instruction)
    {
        _context.Facts.Branch(slot, true);
        _context.Facts.Branch(slot, false);
        if (_context.PutOff(slot + 1, _context.Paths.Add(_context.Path, slot, false)) is not { } state)
        {
            return Failed;
        }

        _context.Path = _context.Paths.Add(_context.Path, slot, true);
        state.MayGotoDepth++;
        _widen(slot, state);
        return (int)instruction.TargetFrom(slot);
    }
}
