using System.Globalization;
using System.Text;
using Skep.Isa;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Log;

/// <summary>What a frame holds, in the words of the kernel's verifier log (print_verifier_state in kernel/bpf/log.c).</summary>
internal static class FrameText
{
    /// <summary>Every register and every stack slot that has a value.</summary>
    public static string Of(WalkContext context, int frame) => Of(context, frame, RegisterSet.All, static (_, _) => true);

    /// <param name="registers">Those that are told.</param>
    /// <param name="isTold">Whether a stack slot is, by its index.</param>
    public static string Of(WalkContext context, int frame, RegisterSet registers, Func<FrameState, int, bool> isTold)
    {
        FrameState state = context.State.Frame(frame);
        var text = new StringBuilder();
        for (int register = 0; register < Registers.Count; register++)
        {
            if (registers.Contains((byte)register) && state.Registers[register].Kind != ValueKind.Uninitialized)
            {
                text.Append(CultureInfo.InvariantCulture, $" R{register}={RegisterText.Of(context, state.Registers[register], frame)}");
            }
        }

        for (int index = 0; index < state.SlotCount; index++)
        {
            if (!state[index].IsUnwritten && isTold(state, index))
            {
                text.Append(CultureInfo.InvariantCulture, $" fp-{(index + 1) * StackSlot.Size}={SlotText(context, state[index], frame)}");
            }
        }

        if (text.Length > 0)
        {
            text.Append(References(context.State));
        }

        return text.Length > 0 && frame > 0 ? string.Create(CultureInfo.InvariantCulture, $" frame{frame}:{text}") : text.ToString();
    }

    /// <summary>What is held; empty for nothing.</summary>
    public static string References(VerifierState state)
    {
        var text = new StringBuilder();
        foreach (AcquiredReference reference in state.References)
        {
            text.Append(text.Length == 0 ? " refs=" : ",").Append(CultureInfo.InvariantCulture, $"{reference.Id}");
        }

        return text.ToString();
    }

    private static string SlotText(WalkContext context, in StackSlot slot, int frame)
    {
        if (slot.HasIterator)
        {
            return RegisterText.Of(context, slot.Spilled, frame);
        }

        // The highest byte first, and what is spilled last: its bytes are the lowest.
        int spilled = slot.HasSpill ? slot.SpillSize : 0;
        Span<char> bytes = stackalloc char[StackSlot.Size - spilled];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = slot[StackSlot.Size - 1 - i] switch
            {
                StackByte.Unwritten => '?',
                StackByte.Zero => '0',
                _ => 'm',
            };
        }

        return spilled == 0 && !bytes.ContainsAnyExcept('0') ? "0" : bytes.ToString() + (spilled == 0 ? "" : RegisterText.Of(context, slot.Spilled, frame));
    }
}
