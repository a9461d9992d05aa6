using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Execution.Semantics;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Testing;

/// <summary>
/// Snippets one after the other, over one map value: inputs first, then what each snippet leaves in each register, then, around <see cref="Middle"/>, memory for those that access some.
/// What all of it must hold afterwards is worked out here, from Semantics alone.
/// </summary>
internal sealed unsafe class SnippetProgram
{
    public const string Map = "memory";
    public const int Middle = 40 * 1024;
    public const int Size = 80 * 1024;

    /// <summary>More would be code that the .NET runtime does not optimise.</summary>
    public const int MostSnippets = 100;

    /// <summary>From here on, each snippet has this many bytes for what its registers hold afterwards.</summary>
    public const int Outputs = 128;
    public const int Stride = 11 * 8;

    private const int Left = 0;
    private const int Right = 8;
    private const int Pattern = 16;
    private const int Taken = 10 * 8;

    private readonly ImmutableArray<Snippet> _snippets;

    public SnippetProgram(IEnumerable<Snippet> snippets)
    {
        _snippets = [.. snippets];
        var code = new List<Instruction>();
        var references = new List<Reference>();
        for (int i = 0; i < _snippets.Length; i++)
        {
            Emit(_snippets[i], Outputs + (i * Stride), code, references);
        }

        code.Add(new(Operation.Move64Immediate, 0, 0, 0, 1));
        code.Add(new(Operation.Exit, 0, 0, 0, 0));
        Spec = new ProgramSpec
        {
            Name = "snippets",
            License = "GPL",
            Section = "xdp",
            Instructions = [.. InstructionEncoder.Encode(CollectionsMarshal.AsSpan(code))],
            References = [.. references],
        };
    }

    public static MapSpec MapSpec { get; } = FakeArrayType.SpecOf(Map, Size, 1);

    public ProgramSpec Spec { get; }

    /// <summary>The map's value before a run.</summary>
    public static void Fill(Span<byte> memory, ulong left, ulong right)
    {
        for (int i = 0; i < Size / sizeof(ulong); i++)
        {
            Write(memory, i * sizeof(ulong), (ulong)(i + 1) * 0x9e37_79b9_7f4a_7c15);
        }

        // Every other cell that atomics touch is what they compare with.
        for (int at = Middle; at < Middle + (MostSnippets * 8); at += 16)
        {
            Write(memory, at, left);
        }

        Write(memory, Left, left);
        Write(memory, Right, right);
    }

    /// <summary>The instruction whose outputs lie at an offset of the map's value; null where there are none.</summary>
    public Instruction? InstructionAt(int offset)
        => offset >= Outputs && (offset - Outputs) / Stride is int index && index < _snippets.Length ? _snippets[index].Tested : null;

    /// <summary>Changes the map's value as the program must.</summary>
    /// <param name="address">Where it lies.</param>
    public void Expect(Span<byte> memory, byte* address)
    {
        Span<ulong> r = stackalloc ulong[Snippet.Registers];
        for (int i = 0; i < _snippets.Length; i++)
        {
            Snippet snippet = _snippets[i];
            for (byte register = 0; register < r.Length; register++)
            {
                r[register] = Input(snippet, register) is { } known ? known : Read(memory, InputCell(snippet, register));
            }

            r[snippet.Base] = (ulong)address;
            if (snippet.Address is { } pointer)
            {
                r[pointer] = (ulong)(address + Middle + snippet.Cell);
            }

            bool taken = Step(snippet.Tested, r, memory, address);
            int outputs = Outputs + (i * Stride);
            if (KeepsAddress(snippet) is { } kept)
            {
                r[kept] -= (ulong)address;
            }

            for (byte register = 0; register < r.Length; register++)
            {
                Write(memory, outputs + (register * 8), register == snippet.Base ? 0xba5e : r[register]);
            }

            Write(memory, outputs + Taken, taken ? 1UL : 2);
        }
    }

    private static void Emit(in Snippet snippet, int outputs, List<Instruction> code, List<Reference> references)
    {
        Wide(snippet.Base, 0);
        if (snippet.Address is { } pointer)
        {
            Wide(pointer, Middle);
            code.Add(new(Operation.Add64Immediate, pointer, 0, 0, snippet.Cell));
        }

        for (byte register = 0; register < Snippet.Registers; register++)
        {
            if (register == snippet.Base || register == snippet.Address)
            {
                continue;
            }

            if (Input(snippet, register) is { } known)
            {
                code.Add(new(Operation.LoadImmediate64, register, 0, 0, (long)known));
                code.Add(new(Operation.Continuation, 0, 0, 0, (long)(known & 0xffff_ffff_0000_0000)));
            }
            else
            {
                code.Add(new(Operation.Load64, register, snippet.Base, (short)InputCell(snippet, register), 0));
            }
        }

        code.Add(new(Operation.StoreImmediate64, snippet.Base, 0, outputs + Taken, 1));
        code.Add(snippet.Tested.Row.IsBranch ? snippet.Tested with { Offset = 1 } : snippet.Tested);
        code.Add(new(Operation.StoreImmediate64, snippet.Base, 0, outputs + Taken, 2));
        if (KeepsAddress(snippet) is { } kept)
        {
            code.Add(new(Operation.Subtract64Register, kept, snippet.Base, 0, 0));
        }

        for (byte register = 0; register < Snippet.Registers; register++)
        {
            code.Add(register == snippet.Base
                ? new(Operation.StoreImmediate64, snippet.Base, 0, outputs + (register * 8), 0xba5e)
                : new(Operation.StoreRegister64, snippet.Base, register, outputs + (register * 8), 0));
        }

        void Wide(byte register, uint offset)
        {
            references.Add(new MapValueReference(new SlotIndex(code.Count), Map, offset));
            code.Add(new(Operation.LoadMapValueByDescriptor, register, 0, 0, (long)((ulong)offset << 32)));
            code.Add(new(Operation.Continuation, 0, 0, 0, (long)((ulong)offset << 32)));
        }
    }

    /// <summary>The register that still holds an address afterwards, which is not the same everywhere: what is noted is how far it lies in the memory.</summary>
    private static byte? KeepsAddress(in Snippet snippet)
        => snippet.Address is { } pointer && !(snippet.Tested.Row.WritesDestination && snippet.Tested.Destination == pointer) ? pointer : null;

    private static bool IsLeft(in Snippet snippet, byte register) => register == snippet.Tested.Destination;

    private static bool IsRight(in Snippet snippet, byte register) => snippet.Tested.Row.UsesSourceRegister && register == snippet.Tested.Source;

    private static ulong? Input(in Snippet snippet, byte register)
        => IsLeft(snippet, register) ? snippet.Left : IsRight(snippet, register) ? snippet.Right : null;

    private static int InputCell(in Snippet snippet, byte register)
        => IsLeft(snippet, register) ? Left : IsRight(snippet, register) ? Right : snippet.Tested.Row.Shape == InstructionShape.AtomicCompareExchange && register == 0 ? Left : Pattern + (register * 8);

    /// <returns>Whether it jumps.</returns>
    private static bool Step(in Instruction tested, Span<ulong> r, Span<byte> memory, byte* address)
    {
        OpcodeRow row = tested.Row;
        if (row.IsConditional)
        {
            return ConstantEvaluator.IsTaken(row, r[tested.Destination], row.UsesSourceRegister ? r[tested.Source] : (ulong)tested.Immediate);
        }

        if (row.IsLoad || row.IsStore)
        {
            MemoryModel.Access(tested, r, memory, address);
            return false;
        }

        r[tested.Destination] = ConstantEvaluator.Evaluate(row, r[tested.Destination], row.UsesSourceRegister ? r[tested.Source] : (ulong)tested.Immediate);
        return false;
    }

    private static ulong Read(ReadOnlySpan<byte> memory, int at) => BitConverter.ToUInt64(memory[at..]);

    private static void Write(Span<byte> memory, int at, ulong value) => BitConverter.TryWriteBytes(memory[at..], value);
}
