using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Flow;

/// <summary>Finds where blocks begin, cuts, then connects. Three passes over the slots.</summary>
internal sealed class ControlFlowGraphBuilder(ImmutableArray<Instruction> instructions, ImmutableArray<FunctionRange> functions)
{
    private readonly bool[] _isLeader = new bool[instructions.Length];
    private readonly int[] _blockOfSlot = new int[instructions.Length];
    private readonly ImmutableArray<BasicBlock>.Builder _blocks = ImmutableArray.CreateBuilder<BasicBlock>();

    internal ControlFlowGraph Build()
    {
        foreach (FunctionRange function in functions)
        {
            MarkLeaders(function);
        }

        for (int function = 0; function < functions.Length; function++)
        {
            Cut(new FunctionIndex(function));
        }

        return new ControlFlowGraph(functions, _blocks.ToImmutable(), ImmutableCollectionsMarshal.AsImmutableArray(_blockOfSlot), Connect());
    }

    private void MarkLeaders(FunctionRange function)
    {
        _isLeader[function.Start.Value] = true;
        for (int slot = function.Start.Value; slot < function.End.Value; slot++)
        {
            OpcodeRow row = instructions[slot].Row;
            if (row.IsBranch && Target(slot, function) is { } target)
            {
                _isLeader[target] = true;
            }

            if ((row.IsBranch || row.EndsFlow) && slot + 1 < function.End.Value)
            {
                _isLeader[slot + 1] = true;
            }
        }
    }

    private void Cut(FunctionIndex index)
    {
        FunctionRange function = functions[index.Value];
        int start = function.Start.Value;
        for (int slot = start; slot < function.End.Value; slot++)
        {
            _blockOfSlot[slot] = _blocks.Count;
            if (slot + 1 == function.End.Value || _isLeader[slot + 1])
            {
                _blocks.Add(new BasicBlock(new SlotIndex(start), slot + 1 - start, index));
                start = slot + 1;
            }
        }
    }

    private EdgeList Connect()
    {
        var edges = new EdgeList.Builder(_blocks.Count);
        foreach (BasicBlock block in _blocks)
        {
            FunctionRange function = functions[block.Function.Value];
            int last = block.End.Value - 1;
            OpcodeRow row = instructions[last].Row;
            if (!row.EndsFlow && last + 1 < function.End.Value)
            {
                edges.Add(new BlockIndex(_blockOfSlot[last + 1]));
            }

            if (row.IsBranch && Target(last, function) is { } target)
            {
                edges.Add(new BlockIndex(_blockOfSlot[target]));
            }

            edges.EndBlock();
        }

        return edges.Build();
    }

    private int? Target(int slot, FunctionRange function)
    {
        long target = instructions[slot].TargetFrom(slot);
        return function.Contains(target) && instructions[(int)target].Operation != Operation.Continuation ? (int)target : null;
    }
}
