using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Cil.Code;

/// <summary>What matters to a caller.</summary>
internal struct FunctionTraits
{
    /// <summary>It, or what it calls, counts fuel.</summary>
    public bool PaysFuel;

    /// <summary>After it the run may be over.</summary>
    public bool MayTrap;

    /// <summary>It may return elsewhere than at an exit: it loads from the packet, or another program may take its place.</summary>
    public bool ReturnsEarly;

    public readonly FunctionTraits WithCall(FunctionTraits callee) => this with
    {
        PaysFuel = PaysFuel || callee.PaysFuel,
        MayTrap = MayTrap || callee.MayTrap || callee.PaysFuel,
    };

    public readonly FunctionTraits With(Instruction instruction, LoweredProgram program) => instruction.Operation switch
    {
        Operation.MayGoto => this with { PaysFuel = true },
        Operation.CallHelper when program.HelperCalls[(int)instruction.Immediate] is var call => this with
        {
            MayTrap = MayTrap || call.MayTrap,
            ReturnsEarly = ReturnsEarly || call.IsTailCall,
        },
        _ when instruction.Row.Shape == InstructionShape.LoadPacket => this with { ReturnsEarly = true },
        _ => this,
    };
}
