using System.Collections.Immutable;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Flow;

/// <summary>That one function calls another, or hands its address to a helper that calls it back.</summary>
/// <param name="Slot">The first instruction of the caller that does it.</param>
public readonly record struct CallEdge(FunctionIndex Caller, FunctionIndex Callee, SlotIndex Slot);

/// <summary>Which functions of a program call which; each pair once. Calls whose target is no function's start are left out. Immutable.</summary>
public sealed class CallGraph
{
    private readonly ImmutableArray<ImmutableArray<CallEdge>> _calls;

    private CallGraph(ImmutableArray<ImmutableArray<CallEdge>> calls) => _calls = calls;

    public int FunctionCount => _calls.Length;

    /// <param name="addressTargets">The targets of function address loads, by slot; a missing one is taken from the instruction.</param>
    public static CallGraph Build(
        ImmutableArray<Instruction> instructions, ImmutableArray<FunctionRange> functions, IReadOnlyDictionary<int, SlotIndex> addressTargets)
        => Build(instructions, functions, addressTargets, _ => true);

    /// <param name="addressIsCalled">By function, by index: whether a helper that gets its address calls it before it returns; if none does, taking the address is no call.</param>
    internal static CallGraph Build(
        ImmutableArray<Instruction> instructions, ImmutableArray<FunctionRange> functions, IReadOnlyDictionary<int, SlotIndex> addressTargets, Func<int, bool> addressIsCalled)
    {
        ArgumentNullException.ThrowIfNull(addressTargets);
        Dictionary<long, int> functionAt = functions.Index().ToDictionary(entry => (long)entry.Item.Start.Value, entry => entry.Index);
        var calls = ImmutableArray.CreateBuilder<ImmutableArray<CallEdge>>(functions.Length);
        foreach ((int caller, FunctionRange function) in functions.Index())
        {
            var edges = new Dictionary<int, CallEdge>();
            for (int slot = function.Start.Value; slot < function.End.Value; slot++)
            {
                if (TargetOf(instructions[slot], slot, addressTargets) is { } target && functionAt.TryGetValue(target, out int callee)
                    && (instructions[slot].Operation != Operation.LoadFunction || addressIsCalled(callee)))
                {
                    edges.TryAdd(callee, new CallEdge(new FunctionIndex(caller), new FunctionIndex(callee), new SlotIndex(slot)));
                }
            }

            calls.Add([.. edges.Values]);
        }

        return new CallGraph(calls.MoveToImmutable());
    }

    /// <summary>In the order of the calls' first slots.</summary>
    public ImmutableArray<CallEdge> CallsFrom(FunctionIndex function) => _calls[function.Value];

    /// <summary>By function: whether the main function reaches it by calls.</summary>
    public ImmutableArray<bool> Reachable()
    {
        bool[] reached = new bool[FunctionCount];
        var pending = new Stack<FunctionIndex>();
        if (FunctionCount > 0)
        {
            reached[0] = true;
            pending.Push(FunctionIndex.Main);
        }

        while (pending.TryPop(out FunctionIndex function))
        {
            foreach (CallEdge call in CallsFrom(function))
            {
                if (!reached[call.Callee.Value])
                {
                    reached[call.Callee.Value] = true;
                    pending.Push(call.Callee);
                }
            }
        }

        return [.. reached];
    }

    /// <summary>The slot that an instruction calls or takes the address of; null for all others. May lie outside the program.</summary>
    internal static long? TargetOf(in Instruction instruction, int slot, IReadOnlyDictionary<int, SlotIndex> addressTargets) => instruction.Operation switch
    {
        Operation.CallLocal => instruction.TargetFrom(slot),
        Operation.LoadFunction when addressTargets.TryGetValue(slot, out SlotIndex known) => known.Value,
        Operation.LoadFunction => (long)slot + 1 + instruction.LowImmediate,
        _ => null,
    };
}
