using System.Collections.Immutable;
using Skep.Flow;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Core.Tests.Flow;

/// <summary>Graphs from assembler text and from random edges.</summary>
internal static class GraphSamples
{
    internal static ControlFlowGraph Of(string text) => Of(text, out _);

    internal static ControlFlowGraph Of(string text, out ImmutableArray<Instruction> instructions)
    {
        AssemblerResult result = Assembler.Assemble(text);
        Assert.Empty(result.Errors);
        instructions = result.Instructions;
        return OneFunction(result.Instructions);
    }

    internal static ControlFlowGraph OneFunction(ImmutableArray<Instruction> instructions) =>
        ControlFlowGraph.Build(instructions, [new FunctionRange(new SlotIndex(0), instructions.Length)]);

    /// <summary>Any graph of that many blocks whose blocks have at most two successors: each block is two slots.</summary>
    internal static ControlFlowGraph Random(Random random, int blocks)
    {
        var code = ImmutableArray.CreateBuilder<Instruction>();
        for (int block = 0; block < blocks; block++)
        {
            int shape = random.Next(4);
            code.Add(shape == 0 ? Move : Branch(Operation.JumpEqual64Immediate, 2 * block, 2 * random.Next(blocks)));
            bool isLast = block + 1 == blocks;
            code.Add(shape == 1 || isLast ? new Instruction(Operation.Exit, 0, 0, 0, 0)
                : shape == 2 ? Branch(Operation.Jump, 2 * block + 1, 2 * random.Next(blocks))
                : Move);
        }

        return OneFunction(code.ToImmutable());
    }

    internal static Instruction Branch(Operation operation, int slot, int target) => new(operation, 0, 0, target - slot - 1, 0);

    internal static Instruction Move => new(Operation.Move64Immediate, 0, 0, 0, 0);
}
