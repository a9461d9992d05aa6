using Skep.Isa;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>The packet loads of classic BPF: R0 is what they find; where they find nothing the program ends.</summary>
internal sealed class PacketLoadTransfer(WalkContext context)
{
    public void Apply(OpcodeRow row)
    {
        CallTransfer.Clobber(context.Frame);
        context.Register((int)Register.R0).SetScalar(Scalar.OfLoad(row.OperandBits, signed: false), context.Provenance.Add());
    }
}
