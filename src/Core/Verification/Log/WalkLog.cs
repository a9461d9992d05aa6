using System.Globalization;
using System.Text;
using Skep.Isa;
using Skep.Programs;
using Skep.Programs.Dump;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Log;

/// <summary>
/// Writes the walk in the style of the kernel's verifier log at level 2, so that people can lay the two side by side: each C line after <c>;</c>, each
/// instruction with the registers that it changed, <c>from X to Y: safe</c> where a path was cut off. Not thread-safe.
/// </summary>
internal sealed class WalkLog(LinkedProgram program, TextWriter writer)
{
    private const int StateColumn = 40;

    private readonly InstructionText _text = new(program);
    private SourceLine? _lastLine;
    private string _line = "";
    private int _previous = -1;

    /// <summary>A function begins to be walked.</summary>
    public void Function(string name, bool isGlobal) => writer.Write(isGlobal ? $"Validating {name}() func#global...\n" : $"{name}:\n");

    /// <summary>Before an instruction.</summary>
    public void Instruction(int slot)
    {
        if (program.Spec.LineAt(new SlotIndex(slot)) is { } line && line != _lastLine)
        {
            _lastLine = line;
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"; {line.Text.Trim()} @ {Path.GetFileName(line.File)}:{line.Line}\n"));
        }

        _line = _text.Line(slot, isPlain: true).TrimStart();
        _previous = slot;
    }

    /// <summary>After it: the registers that it wrote.</summary>
    public void After(WalkContext context, RegisterSet written)
    {
        var text = new StringBuilder(_line.PadRight(StateColumn)).Append(" ;");
        bool any = false;
        for (int register = 0; register < Registers.Count; register++)
        {
            if (written.Contains((byte)register) && context.State.Current.Registers[register].Kind != ValueKind.Uninitialized)
            {
                text.Append(CultureInfo.InvariantCulture, $" R{register}={RegisterText.Of(context, context.State.Current.Registers[register])}");
                any = true;
            }
        }

        writer.Write((any ? text.ToString() : _line) + "\n");
    }

    /// <summary>A path that was put off is taken up.</summary>
    public void From(WalkContext context, int from, int to)
    {
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"\nfrom {from} to {to}:"));
        WriteState(context);
    }

    /// <summary>The path needs no further walking.</summary>
    public void Pruned(int slot) => writer.Write(string.Create(CultureInfo.InvariantCulture, $"{(_previous < 0 ? slot : _previous)} to {slot}: safe\n"));

    public void State(WalkContext context, int slot)
    {
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{slot}:"));
        WriteState(context);
    }

    private void WriteState(WalkContext context)
    {
        FrameState frame = context.State.Current;
        for (int register = 0; register < Registers.Count; register++)
        {
            if (frame.Registers[register].Kind != ValueKind.Uninitialized)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $" R{register}={RegisterText.Of(context, frame.Registers[register])}"));
            }
        }

        for (int index = 0; index < frame.SlotCount; index++)
        {
            if (!frame[index].IsUnwritten)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $" fp-{(index + 1) * StackSlot.Size}={StackText(context, frame[index])}"));
            }
        }

        writer.Write('\n');
    }

    private static string StackText(WalkContext context, in StackSlot slot)
    {
        if (slot.HasIterator || (slot.HasSpill && slot.SpillSize == StackSlot.Size))
        {
            return RegisterText.Of(context, slot.Spilled);
        }

        Span<char> bytes = stackalloc char[StackSlot.Size];
        for (int i = 0; i < StackSlot.Size; i++)
        {
            bytes[StackSlot.Size - 1 - i] = slot[i] switch
            {
                StackByte.Unwritten => '?',
                StackByte.Spilled => 'r',
                StackByte.Number => 'm',
                StackByte.Zero => '0',
                _ => 'i',
            };
        }

        return bytes.ToString();
    }
}
