using System.Collections.Immutable;
using Skep.Core.Tests.Execution;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Arm64.Tests.Execution;

/// <summary>
/// Programs around a few instructions: R0 to R9 are loaded from the context, the instructions run, and the observed registers are written back behind. R10 - 8 keeps the context's
/// address, what is below R10 - 8 - 8 * 10 is free.
/// </summary>
internal static class Frames
{
    internal const int Words = 10;
    private const int SavedContext = -8;

    internal static ImmutableArray<int> All => [.. Enumerable.Range(0, Words)];

    /// <param name="observed">Registers that are looked at afterwards; the others are dead.</param>
    internal static TestProgram Around(IEnumerable<Instruction> body, params IEnumerable<int> observed)
    {
        int[] seen = [.. observed];
        var code = new List<Instruction> { new(Operation.StoreRegister64, 10, 1, SavedContext, 0) };
        foreach (int register in (int[])[0, 2, 3, 4, 5, 6, 7, 8, 9, 1])
        {
            code.Add(new(Operation.Load64, (byte)register, 1, 8 * register, 0));
        }

        code.AddRange(body);
        code.AddRange(seen.Select(register => new Instruction(Operation.StoreRegister64, 10, (byte)register, SavedContext - 8 * (register + 1), 0)));
        code.Add(new(Operation.Load64, 1, 10, SavedContext, 0));
        foreach (int register in seen)
        {
            code.Add(new(Operation.Load64, 0, 10, SavedContext - 8 * (register + 1), 0));
            code.Add(new(Operation.StoreRegister64, 1, 0, 8 * (Words + register), 0));
        }

        code.Add(new(Operation.Move64Immediate, 0, 0, 0, 0));
        code.Add(new(Operation.Exit, 0, 0, 0, 0));
        return TestProgram.From([.. code]) with { Proof = Proof.Full, StackBytes = 512 };
    }

    internal static ulong[] Context(params ReadOnlySpan<(int Register, ulong Value)> values)
    {
        var context = new ulong[2 * Words];
        for (int i = 0; i < Words; i++)
        {
            context[i] = 0xa5a5_0000_5a5a_0000 + (ulong)i;
        }

        foreach ((int register, ulong value) in values)
        {
            context[register] = value;
        }

        return context;
    }

    internal static TheoryData<Operation> Operations(params InstructionShape[] shapes)
        => [.. OpcodeTable.Rows.Where(row => shapes.Contains(row.Shape)).Select(row => row.Operation)];
}
