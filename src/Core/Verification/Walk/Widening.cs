using Skep.Verification.State;
using Skep.Verification.Values;

namespace Skep.Verification.Walk;

/// <summary>
/// Forgets what changes from round to round of a loop, so that the next round looks like the last. A bound that did not move is kept. Sound
/// whatever it forgets, since the state then stands for more.
/// </summary>
internal sealed class Widening(WalkContext context)
{
    /// <param name="previous">The state a round ago; has as many frames.</param>
    /// <param name="evenPrecise">Also numbers that something was decided by.</param>
    public void Apply(VerifierState previous, VerifierState state, bool evenPrecise)
    {
        for (int i = 0; i < state.FrameCount && i < previous.FrameCount; i++)
        {
            FrameState before = previous.Frame(i);
            FrameState now = state.Frame(i);
            for (int register = 0; register < now.Registers.Length; register++)
            {
                Widen(before.Registers[register], ref now.Registers[register], evenPrecise);
            }

            for (int index = 0; index < now.SlotCount && index < before.SlotCount; index++)
            {
                if (now[index].HasSpill && before[index].HasSpill && now[index].SpillSize == before[index].SpillSize)
                {
                    Widen(before[index].Spilled, ref now[index].Spilled, evenPrecise);
                }
            }
        }
    }

    private void Widen(in RegisterState before, ref RegisterState now, bool evenPrecise)
    {
        Provenance provenance = context.Provenance;
        if (before.Kind != ValueKind.Scalar || now.Kind != ValueKind.Scalar
            || (!evenPrecise && (provenance.IsPrecise(before.Node) || provenance.IsPrecise(now.Node)))
            || (now.Number.IsWithin(before.Number) && before.Number.IsWithin(now.Number)))
        {
            return;
        }

        Scalar wide = Scalar.Unknown;
        if (evenPrecise)
        {
            KeepSteadyBounds(before, now, ref wide);
        }

        now.SetScalar(wide, context.Provenance.Add());
    }

    private static void KeepSteadyBounds(in RegisterState before, in RegisterState now, ref Scalar wide)
    {
        wide.UnsignedMin = now.Number.UnsignedMin >= before.Number.UnsignedMin ? before.Number.UnsignedMin : wide.UnsignedMin;
        wide.UnsignedMax = now.Number.UnsignedMax <= before.Number.UnsignedMax ? before.Number.UnsignedMax : wide.UnsignedMax;
        wide.SignedMin = now.Number.SignedMin >= before.Number.SignedMin ? before.Number.SignedMin : wide.SignedMin;
        wide.SignedMax = now.Number.SignedMax <= before.Number.SignedMax ? before.Number.SignedMax : wide.SignedMax;
        wide.Sharpen();
    }
}
