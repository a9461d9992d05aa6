using Skep.Isa;

namespace Skep.Verification.Walk;

/// <summary>
/// Which registers matter at a slot: those that some path within the function reads before it writes them. What is not live need not be compared.
/// </summary>
internal static class LiveRegisters
{
    /// <summary>Passes before every register is taken to be live; one more than loops are nested is enough for real programs.</summary>
    private const int MaximumPasses = 64;

    /// <summary>Instructions looked at, in all passes: a program at the limit of size gets few.</summary>
    private const int MaximumWork = 8_000_000;

    public static RegisterSet[] Find(VerifierInput input)
    {
        var live = new RegisterSet[input.Code.Length];
        bool changed = true;
        int passes = Math.Min(MaximumPasses, 4 + (MaximumWork / Math.Max(live.Length, 1)));
        for (int pass = 0; changed; pass++)
        {
            if (pass == passes)
            {
                Array.Fill(live, RegisterSet.All);
                break;
            }

            changed = false;
            for (int slot = input.Code.Length - 1; slot >= 0; slot--)
            {
                RegisterSet before = Before(input, live, slot);
                if (before != live[slot])
                {
                    live[slot] = before;
                    changed = true;
                }
            }
        }

        return live;
    }

    private static RegisterSet Before(VerifierInput input, RegisterSet[] live, int slot)
    {
        Instruction instruction = input.Code[slot];
        OpcodeRow row = input.Rows[slot];
        if (row.Shape == InstructionShape.Continuation)
        {
            return After(live, slot + 1);
        }

        RegisterSet after = row.EndsFlow ? RegisterSet.Empty : After(live, slot + row.Slots);
        if (row.IsBranch)
        {
            after |= live[instruction.TargetFrom(slot)];
        }

        return after.Except(instruction.Writes) | Reads(input, instruction, slot);
    }

    private static RegisterSet After(RegisterSet[] live, int slot) => slot < live.Length ? live[slot] : RegisterSet.Empty;

    private static RegisterSet Reads(VerifierInput input, in Instruction instruction, int slot)
    {
        if (instruction.Row.IsCall && input.Helpers[slot] is { } helper)
        {
            // R1 and the following, as many as the prototype has.
            return new RegisterSet((ushort)(((1 << helper.Arguments.Length) - 1) << 1));
        }

        return instruction.Reads;
    }
}
