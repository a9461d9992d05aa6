using System.Collections.Immutable;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Flow;

/// <summary>
/// The basic blocks of a program and the edges between them; edges never leave a function, calls are in
/// <see cref="CallGraph"/>. Immutable and safe for any number of threads.
/// </summary>
/// <remarks>
/// It can be built of malformed programs too, so that all of their problems can be told at once: a branch whose target lies
/// outside its function or inside a 64-bit immediate has no edge there, nor does an end that falls out of its function.
/// Time and memory are linear in the slots.
/// </remarks>
public sealed class ControlFlowGraph
{
    private readonly ImmutableArray<int> _blockOfSlot;
    private readonly EdgeList _successors;
    private readonly EdgeList _predecessors;
    private readonly ImmutableArray<BlockIndex> _entries;
    private readonly ImmutableArray<bool> _reachable;

    internal ControlFlowGraph(
        ImmutableArray<FunctionRange> functions,
        ImmutableArray<BasicBlock> blocks,
        ImmutableArray<int> blockOfSlot,
        EdgeList successors)
    {
        Functions = functions;
        Blocks = blocks;
        _blockOfSlot = blockOfSlot;
        _successors = successors;
        _predecessors = successors.Reversed();
        _entries = [.. functions.Select(function => new BlockIndex(blockOfSlot[function.Start.Value]))];
        DepthFirst = DepthFirstOrder.Walk(this);
        _reachable = DepthFirst.Reached();
    }

    public ImmutableArray<FunctionRange> Functions { get; }

    /// <summary>In the order of their slots.</summary>
    public ImmutableArray<BasicBlock> Blocks { get; }

    public int SlotCount => _blockOfSlot.Length;

    /// <summary>Blocks that are reachable within their function, each after all of its predecessors except along retreating edges; function after function.</summary>
    public ImmutableArray<BlockIndex> ReversePostorder => DepthFirst.ReversePostorder;

    internal DepthFirstOrder DepthFirst { get; }

    public BasicBlock this[BlockIndex block] => Blocks[block.Value];

    /// <param name="instructions">One a slot, as <see cref="InstructionDecoder.Decode"/> gives them.</param>
    /// <param name="functions">Sorted by start, each at least one slot long, together covering every slot.</param>
    public static ControlFlowGraph Build(ImmutableArray<Instruction> instructions, ImmutableArray<FunctionRange> functions)
    {
        int next = 0;
        foreach (FunctionRange function in functions)
        {
            if (function.Start.Value != next || function.Length <= 0)
            {
                throw new ArgumentException($"A function starts at slot {function.Start} with {function.Length} slots, expected slot {next} and at least 1 slot.", nameof(functions));
            }

            next += function.Length;
        }

        return next == instructions.Length
            ? new ControlFlowGraphBuilder(instructions, functions).Build()
            : throw new ArgumentException($"The functions cover {next} slots, expected {instructions.Length}.", nameof(functions));
    }

    /// <summary>The block that a slot belongs to.</summary>
    public BlockIndex BlockAt(SlotIndex slot) => new(_blockOfSlot[slot.Value]);

    /// <summary>The block that a function starts with.</summary>
    public BlockIndex Entry(FunctionIndex function) => _entries[function.Value];

    /// <summary>Where control goes after a block: at most two, the fall-through first; each once.</summary>
    public ReadOnlySpan<BlockIndex> Successors(BlockIndex block) => _successors[block];

    /// <summary>Where control comes from, in the order of the blocks; unreachable blocks too.</summary>
    public ReadOnlySpan<BlockIndex> Predecessors(BlockIndex block) => _predecessors[block];

    /// <summary>Whether some path from the entry of its own function leads to a block.</summary>
    public bool IsReachable(BlockIndex block) => _reachable[block.Value];
}
