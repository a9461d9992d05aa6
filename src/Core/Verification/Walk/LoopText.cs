using System.Globalization;
using Skep.Isa;

namespace Skep.Verification.Walk;

/// <summary>A loop, for people.</summary>
internal static class LoopText
{
    /// <summary>Where it begins, where it goes back, and that nothing changes on the way.</summary>
    public static string Describe(WalkContext context, int slot)
    {
        int back = slot;
        for (int at = slot; at < context.Input.Code.Length; at++)
        {
            OpcodeRow row = context.Input.Rows[at];
            if (row.IsBranch && context.Input.Code[at].TargetFrom(at) <= slot && context.Input.FunctionAt(at) == context.Input.FunctionAt(slot))
            {
                back = at;
                break;
            }
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"control comes back to insn {slot} (from insn {back}) with everything as it was, so that it may go round for ever");
    }
}
