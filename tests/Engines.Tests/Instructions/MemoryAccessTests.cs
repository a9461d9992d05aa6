using Skep.Engines.Tests.Harness;
using Skep.Isa;
using Skep.Testing;

namespace Skep.Engines.Tests.Instructions;

/// <summary>Loads, stores and atomics: every register with every other, widths, displacements small and large, in both directions.</summary>
public sealed class MemoryAccessTests
{
    private static readonly int[] Offsets = [0, 8, -8, 120, 127, 128, -128, -129, 136, 255, 256, 4095, 4096, -4096, 32760, 32767 - 7, -32768, -32767];

    private static readonly int[] AlignedOffsets = [0, 8, -8, 120, 128, -128, -136, 4096, -4096, 32760, -32768];

    private static readonly int[] Immediates = [0, 1, -1, 127, 128, -128, 0x7fff, 0x8000, 0xffff, 0x12345678, int.MaxValue, int.MinValue];

    private static readonly ulong[] Values = [0, 1, 0x7f, 0x8000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x8000_0000_0000_0000, ulong.MaxValue, 0x0123_4567_89ab_cdef];

    private static readonly (ulong, ulong)[] Pairs = [.. Sample.Of(from left in Values from right in Values select (left, right))];

    public static TheoryData<Operation> Loads => Where(InstructionShape.Load, InstructionShape.LoadAcquire);

    public static TheoryData<Operation> Stores => Where(InstructionShape.StoreRegister, InstructionShape.StoreRelease);

    public static TheoryData<Operation> ImmediateStores => Where(InstructionShape.StoreImmediate);

    public static TheoryData<Operation> Atomics => Where(InstructionShape.AtomicUpdate, InstructionShape.AtomicFetch, InstructionShape.AtomicCompareExchange);

    [Theory]
    [MemberData(nameof(Loads))]
    public void Loads_read(Operation operation)
    {
        int[] offsets = OffsetsOf(operation);
        using var check = new SnippetCheck();
        check.Run(
            from destination in AllRegisters()
            from pointer in AllRegisters()
            let offset = offsets[((destination * 10) + pointer) % offsets.Length]
            select new Snippet(new(operation, destination, pointer, offset, 0), Snippet.FreeRegister(destination, pointer), pointer), [(1, 2)], asksKernel: true);
        check.Run(offsets.Select(offset => new Snippet(new(operation, 3, 7, offset, 0), 2, 7)), [(1, 2)], asksKernel: true);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Stores_write(Operation operation)
    {
        int[] offsets = OffsetsOf(operation);
        using var check = new SnippetCheck();
        IEnumerable<Snippet> snippets =
            from pointer in AllRegisters()
            from source in AllRegisters()
            let offset = offsets[((source * 10) + pointer) % offsets.Length]
            select new Snippet(new(operation, pointer, source, offset, 0), Snippet.FreeRegister(pointer, source), pointer);
        (ulong, ulong)[] values = [.. Values.Select(right => (1UL, right))];
        check.Run(snippets.Where(snippet => snippet.Tested.Source != snippet.Tested.Destination), values, asksKernel: true);
        check.Run(Values.SelectMany(right => offsets.Select(offset => new Snippet(new(operation, 4, 9, offset, 0), 6, 4, Right: right))), [(1, 2)], asksKernel: true);
        if (OpcodeTable.Row(operation).AccessSize == 8)
        {
            // An address is stored whole or not at all.
            check.Run(snippets.Where(snippet => snippet.Tested.Source == snippet.Tested.Destination), values, asksKernel: false);
        }
    }

    [Theory]
    [MemberData(nameof(ImmediateStores))]
    public void Constants_are_stored(Operation operation)
    {
        using var check = new SnippetCheck();
        check.Run(
            from pointer in AllRegisters()
            from immediate in Immediates
            select new Snippet(new(operation, pointer, 0, Offsets[(pointer + immediate & 0xff) % Offsets.Length], immediate), Snippet.FreeRegister(pointer), pointer), [(1, 2)], asksKernel: true);
    }

    [Theory]
    [MemberData(nameof(Atomics))]
    public void Atomics_read_and_write(Operation operation)
    {
        using var check = new SnippetCheck();
        bool comparesR0 = OpcodeTable.Row(operation).Shape == InstructionShape.AtomicCompareExchange;
        IEnumerable<Snippet> snippets =
            from pointer in AllRegisters()
            from source in AllRegisters()
            where pointer != source && !(comparesR0 && pointer == 0)
            let number = (pointer * 10) + source
            let offset = AlignedOffsets[number % AlignedOffsets.Length]
            select new Snippet(new(operation, pointer, source, offset, 0), FreeRegister(pointer, source, comparesR0), pointer, (number * 8) - offset);
        check.Run(snippets, Pairs, asksKernel: true);
        check.Run(
            Values.Select((right, i) => new Snippet(new(operation, 8, 3, 0, 0), 6, 8, i * 8, Right: right)), Pairs[..Math.Min(20, Pairs.Length)], asksKernel: true);
    }

    private static byte FreeRegister(byte pointer, byte source, bool comparesR0) => comparesR0 ? Snippet.FreeRegister(pointer, source, 0) : Snippet.FreeRegister(pointer, source);

    private static int[] OffsetsOf(Operation operation) => OpcodeTable.Row(operation).IsAtomic ? AlignedOffsets : Offsets;

    private static IEnumerable<byte> AllRegisters() => Enumerable.Range(0, Snippet.Registers).Select(register => (byte)register);

    private static TheoryData<Operation> Where(params InstructionShape[] shapes) => [.. OpcodeTable.Rows.Where(row => shapes.Contains(row.Shape)).Select(row => row.Operation)];
}
