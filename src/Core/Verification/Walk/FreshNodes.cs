using Skep.Isa;
using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>
/// Gives every value of a state a node of its own when the state is kept: what was needed of the values before says nothing of what the paths from here on
/// need, and what these need is needed of the values before. Copies of a value part here too, since one may be needed without the other.
/// </summary>
internal static class FreshNodes
{
    public static void Give(VerifierState state, Provenance provenance, RegisterSet live)
    {
        for (int index = 0; index < state.FrameCount; index++)
        {
            FrameState frame = state.Frame(index);
            bool isCurrent = index == state.FrameCount - 1;
            frame.UnwrittenNode = provenance.Add(frame.UnwrittenNode);
            for (int register = 0; register < frame.Registers.Length; register++)
            {
                if (!isCurrent || live.Contains((byte)register))
                {
                    Refresh(ref frame.Registers[register], provenance);
                }
            }

            for (int slot = 0; slot < frame.SlotCount; slot++)
            {
                ref StackSlot stack = ref frame[slot];
                if (!stack.IsUnwritten)
                {
                    stack.Node = provenance.Add(stack.Node);
                    if (stack.HasSpill)
                    {
                        Refresh(ref stack.Spilled, provenance);
                    }
                }
            }
        }
    }

    private static void Refresh(ref RegisterState register, Provenance provenance)
    {
        if (register.Kind == ValueKind.Scalar)
        {
            register.Node = provenance.Add(register.Node);
        }
    }
}
