using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Isa;

namespace Skep.Jit.X64.Tests.Execution;

/// <summary>
/// Programs around a few instructions: registers are loaded from the context, the instructions run, and registers are written back. The context has 16 words in,
/// 16 words out.
/// </summary>
internal static class Frames
{
    internal const int Words = 16;
    private const int SavedContext = -8;

    /// <summary>The options that tests go through: with and without further instructions, and blinded.</summary>
    internal static IEnumerable<JitOptions> Options =>
    [
        JitOptions.Default,
        JitOptions.Default with { Features = [] },
        JitOptions.Default with { BlindConstants = true },
    ];

    /// <param name="observed">Registers that are looked at afterwards; the others are dead.</param>
    internal static TestProgram Around(IEnumerable<Instruction> body, params int[] observed)
    {
        var code = new List<Instruction> { Store(10, SavedContext, 1) };
        for (int register = 9; register >= 0; register--)
        {
            if (register != 1)
            {
                code.Add(Load(register, 1, 8 * register));
            }
        }

        code.Add(Load(1, 1, 8));
        code.AddRange(body);
        foreach (int register in observed)
        {
            code.Add(Store(10, SavedContext - 8 * (register + 1), register));
        }

        code.Add(Load(1, 10, SavedContext));
        foreach (int register in observed)
        {
            code.Add(Load(0, 10, SavedContext - 8 * (register + 1)));
            code.Add(Store(1, 8 * (Words + register), 0));
        }

        code.Add(new Instruction(Operation.Move64Immediate, 0, 0, 0, 0));
        code.Add(new Instruction(Operation.Exit, 0, 0, 0, 0));
        return TestProgram.From([.. code]);
    }

    internal static ImmutableArray<int> All => [.. Enumerable.Range(0, 10)];

    private static Instruction Load(int destination, int source, int offset) => new(Operation.Load64, (byte)destination, (byte)source, offset, 0);

    private static Instruction Store(int destination, int offset, int source) => new(Operation.StoreRegister64, (byte)destination, (byte)source, offset, 0);
}
