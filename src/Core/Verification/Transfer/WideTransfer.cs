using Skep.Isa;
using Skep.Programs;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>64-bit immediates and what they stand for.</summary>
internal sealed class WideTransfer(WalkContext context)
{
    public void Apply(in Instruction instruction)
    {
        ref RegisterState destination = ref context.Register(instruction.Destination);
        VerifierInput input = context.Input;
        if (input.Program.Maps.TryGetValue(context.Slot, out MapBinding? binding))
        {
            destination.SetPointer(binding.ValueOffset is null ? ValueKind.Map : ValueKind.MapValue, input.MapAt(context.Slot));
            destination.Offset = (int)(binding.ValueOffset ?? 0);
            return;
        }

        if (instruction.Operation == Operation.LoadFunction)
        {
            destination.SetPointer(ValueKind.Function, input.Callees[context.Slot]);
            return;
        }

        // A named function that is there is only ever compared with 0; one that is not, or a variable, is 0.
        ulong value = input.Helpers[context.Slot] is not null ? 1 : instruction.Operation == Operation.LoadImmediate64 ? (ulong)instruction.Immediate : 0;
        destination.SetScalar(Scalar.Constant(value), context.Provenance.Add());
    }
}
