using Skep.Isa;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>The packet loads of classic BPF: R0 is what they find; where they find nothing the function returns 0, which ends the program in the main one.</summary>
internal sealed class PacketLoadTransfer(WalkContext context)
{
    /// <returns>False when the walk ends.</returns>
    public bool Apply(OpcodeRow row)
    {
        if (!CallTransfer.PutOffReturn(context, Scalar.Constant(0), movesPackets: false))
        {
            return false;
        }

        CallTransfer.Clobber(context.Frame);
        context.Register((int)Register.R0).SetScalar(Scalar.OfLoad(row.OperandBits, signed: false), context.Provenance.Add());
        return true;
    }
}
