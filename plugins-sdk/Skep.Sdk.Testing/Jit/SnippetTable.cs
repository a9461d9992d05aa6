using Skep.Isa;

namespace Skep.Testing;

/// <summary>For each operation the snippets that show most of what can go wrong: several registers, constants and displacements at the edges.</summary>
internal static class SnippetTable
{
    private static readonly int[] Immediates =
        [0, 1, -1, 2, 3, 7, 8, 31, 32, 33, 63, 64, 100, 127, 128, -128, -129, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000, 0x12345678, int.MaxValue, int.MinValue, int.MinValue + 1];

    private static readonly int[] Offsets = [0, 8, -8, 120, 127, 128, -128, -129, 136, 255, 256, 4095, 4096, -4096, 32760, -32768];

    private static readonly int[] AlignedOffsets = [0, 8, -8, 120, 128, -128, -136, 4096, -4096, 32760, -32768];

    private static readonly ulong[] Values =
        [0, 1, 2, 31, 63, 64, 0x80, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0001, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, ulong.MaxValue, 0x0123_4567_89ab_cdef];

    /// <summary>What destination and source hold.</summary>
    public static IReadOnlyList<(ulong Left, ulong Right)> Pairs { get; } = [.. from left in Values from right in Values select (left, right)];

    public static IEnumerable<Snippet> Of(OpcodeRow row) => row.Shape switch
    {
        InstructionShape.AluImmediate or InstructionShape.JumpImmediate
            => Immediates.Select((immediate, i) => (immediate, register: (byte)(i % Snippet.Registers)))
                .Select(pair => new Snippet(new(row.Operation, pair.register, 0, 0, row.Immediate.Use == FieldUse.Fixed ? row.Immediate.Value : pair.immediate), Snippet.FreeRegister(pair.register))),
        InstructionShape.AluUnary => Registers().Select(register => new Snippet(new(row.Operation, register, 0, 0, 0), Snippet.FreeRegister(register))),
        InstructionShape.AluRegister or InstructionShape.MoveSigned or InstructionShape.JumpRegister
            => from destination in Registers() from source in Registers() select new Snippet(new(row.Operation, destination, source, 0, 0), Snippet.FreeRegister(destination, source)),
        InstructionShape.Load or InstructionShape.LoadAcquire
            => from destination in Registers() from pointer in Registers() let offset = OffsetOf(row, destination, pointer) select new Snippet(new(row.Operation, destination, pointer, offset, 0), Snippet.FreeRegister(destination, pointer), pointer),
        InstructionShape.StoreImmediate
            => Immediates.Select((immediate, i) => (immediate, pointer: (byte)(i % Snippet.Registers)))
                .Select(pair => new Snippet(new(row.Operation, pair.pointer, 0, Offsets[(pair.immediate & 0xff) % Offsets.Length], pair.immediate), Snippet.FreeRegister(pair.pointer), pair.pointer)),
        InstructionShape.StoreRegister or InstructionShape.StoreRelease
            => from pointer in Registers() from source in Registers() where source != pointer let offset = OffsetOf(row, pointer, source) select new Snippet(new(row.Operation, pointer, source, offset, 0), Snippet.FreeRegister(pointer, source), pointer),
        _ => Atomics(row),
    };

    private static IEnumerable<Snippet> Atomics(OpcodeRow row)
    {
        bool comparesR0 = row.Shape == InstructionShape.AtomicCompareExchange;
        return
            from pointer in Registers()
            from source in Registers()
            where pointer != source && !(comparesR0 && pointer == 0)
            let number = (pointer * 10) + source
            let offset = AlignedOffsets[number % AlignedOffsets.Length]
            select new Snippet(new(row.Operation, pointer, source, offset, 0), comparesR0 ? Snippet.FreeRegister(pointer, source, 0) : Snippet.FreeRegister(pointer, source), pointer, (number * 8) - offset);
    }

    private static int OffsetOf(OpcodeRow row, int one, int other)
    {
        int[] offsets = row.IsAtomic ? AlignedOffsets : Offsets;
        return offsets[((one * 10) + other) % offsets.Length];
    }

    private static IEnumerable<byte> Registers() => Enumerable.Range(0, Snippet.Registers).Select(register => (byte)register);
}
