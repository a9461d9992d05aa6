using System.Text;
using Skep.Isa;
using Skep.TestPrograms.Worlds;
using static Skep.Verification.Tests.Hostile.HostileProgram;

namespace Skep.Verification.Tests.Hostile;

/// <summary>Programs that are as large as they may be, and full of what one pass or another has to work at.</summary>
internal static partial class HostilePrograms
{
    private const int Million = 1_000_000;

    private static IEnumerable<HostileProgram> Sizes =>
    [
        Slots("a million moves", slots => Fill(slots, () => slots.Add(0xb7, 1, immediate: 5))),
        Slots("a million sums of two unknown numbers, the last one needed", slots => Computed(slots, 0x0f)),
        Slots("a million products of two unknown numbers, the last one needed", slots => Computed(slots, 0x2f)),
        Slots("a million divisions of two unknown numbers, the last one needed", slots => Computed(slots, 0x3f)),
        Slots("a million conditional jumps to the next instruction", slots => Jumps(slots, offset: 0)),
        Slots("a million conditional jumps over the next one", slots => Jumps(slots, offset: 1)),
        Slots("half a million wide loads", slots => Fill(slots, () => Wide(slots))),
        Slots("a million calls of one function", slots => CallsOf(slots, functions: 1)),
        Slots("a million calls of 255 functions", slots => CallsOf(slots, functions: 255)),
        Slots("a million stores of a byte somewhere in the stack", StackWrites),
        Slots("a million copies onto the stack", slots => Fill(slots, () => slots.Add(0x7b, 10, 10, -8 * (1 + (slots.Count % 64))))),
        Slots("a million invalid opcodes", slots => Fill(slots, () => slots.Add(0xff, 15, 15, -1, -1))),
        Slots("a million instructions that nothing reaches", slots =>
        {
            slots.End();
            Fill(slots, () => slots.End());
        }),
        Slots("a million jumps that go backwards", Backwards) with { AllowsUnreachable = true },
        Slots("context accesses and spills of the context, in the host's layout", slots => ContextSpills(slots, Million / 2), HostTypes.Find("xdp")),
        Slots("a chain of functions that move packets, the last one first", PacketMovers),
        Text("255 functions that are complex each", ComplexFunctions),
        Text("helpers that write all of the stack", WholeStackWrites, "kprobe"),
    ];

    private static void Fill(List<RawInstruction> slots, Action add)
    {
        while (slots.Count < Million - 4)
        {
            add();
        }

        slots.End();
    }

    private static void Computed(List<RawInstruction> slots, byte opcode)
    {
        slots.Add(0x61, 2, 1, 0);
        slots.Add(0x61, 3, 1, 4);
        while (slots.Count < Million - 5)
        {
            slots.Add(opcode, 2, 3);
            slots.Add(opcode, 3, 2);
        }

        slots.Add(0x1d, 2, 3, 0);
        slots.End();
    }

    private static void Jumps(List<RawInstruction> slots, int offset)
    {
        slots.Add(0x61, 2, 1, 0);
        Fill(slots, () => slots.Add(0x25, 2, offset: offset, immediate: slots.Count));
    }

    private static void Wide(List<RawInstruction> slots)
    {
        slots.Add(0x18, 1, immediate: slots.Count);
        slots.Add(0, immediate: 1);
    }

    private static void CallsOf(List<RawInstruction> slots, int functions)
    {
        int main = Million - (functions * 2) - 2;
        while (slots.Count < main)
        {
            int target = main + 2 + (slots.Count % functions * 2);
            slots.Add(0x85, source: 1, immediate: target - slots.Count - 1);
        }

        slots.End();
        for (int i = 0; i < functions; i++)
        {
            slots.End();
        }
    }

    private static void StackWrites(List<RawInstruction> slots)
    {
        slots.Add(0x61, 2, 1, 0);
        slots.Add(0x57, 2, immediate: 0x1ff);
        slots.Add(0xbf, 3, 10);
        slots.Add(0x0f, 3, 2);
        Fill(slots, () => slots.Add(0x72, 3, offset: -512, immediate: 1));
    }

    // What is live at a slot is known only after as many passes as there are blocks.
    private static void Backwards(List<RawInstruction> slots)
    {
        slots.Add(0x61, 2, 1, 0);
        slots.Add(0x05, offset: 2);
        slots.End();
        slots.Add(0x05, offset: 4);
        while (slots.Count < Million - 4)
        {
            slots.Add(0x55, 2, offset: -4, immediate: 5);
            slots.Add(0x05, offset: slots.Count + 6 < Million - 4 ? 2 : -6);
            slots.Add(0x07, 2, immediate: 1);
            slots.Add(0x05, offset: -4);
        }

        slots.End();
    }

    private static void ContextSpills(List<RawInstruction> slots, int size)
    {
        slots.Add(0x61, 2, 1, 0);
        int slot = 0;
        while (slots.Count < size)
        {
            slots.Add(0x7b, 10, 1, -8 * (1 + (slot++ % 64)));
            slots.Add(0x55, 2, offset: 1, immediate: slots.Count);
            slots.Add(0x07, 1, immediate: 4);
            slots.Add(0x79, 1, 10, -8 * (1 + (slot * 7 % 64)));
        }

        slots.End();
    }

    private static void PacketMovers(List<RawInstruction> slots)
    {
        // main calls the first; each calls the next one; the last one ends with a helper that moves packets.
        const int Functions = 254;
        int length = (Million / (Functions + 1)) - 4;
        for (int i = 0; i <= Functions; i++)
        {
            while (slots.Count < (i * length) + length - 3)
            {
                slots.Add(0xb7, 2);
            }

            slots.Add(0x85, source: i == Functions ? 0 : 1, immediate: i == Functions ? 7 : 2);
            slots.End();
        }
    }

    private static void ComplexFunctions(StringBuilder text)
    {
        text.Line($"r6 = r1");
        for (int i = 0; i < 255; i++)
        {
            text.Line($"r1 = r6").Line($"call k{i}");
        }

        End(text);
        for (int i = 0; i < 255; i++)
        {
            text.Line($"k{i}:").Line($"r6 = r1").Line($"r7 = {i}");
            for (int j = 0; j < 10; j++)
            {
                text.Line($"r2 = *(u32 *)(r6 +0)").Line($"r7 += r7").Line($"if r2 > {j} goto k{i}_{j}").Line($"r7 += 1").Line($"k{i}_{j}:");
            }

            text.Line($"if r7 == 77 goto k{i}_out").Line($"k{i}_out:");
            End(text);
        }
    }

    private static void WholeStackWrites(StringBuilder text)
    {
        text.Line($"r6 = 0").Line($"again:").Line($"r1 = r10").Line($"r1 += -512").Line($"r2 = 512").Line($"r3 = 0").Line($"call probe_read_kernel").Line($"r6 += 1").Line($"if r6 < 200000 goto again");
        End(text);
    }
}
