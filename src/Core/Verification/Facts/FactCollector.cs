using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Execution.Lowering;
using Skep.Programs;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Facts;

/// <summary>
/// Gathers what turns out to be true of every run. A path that was cut off at a kept state is covered by it only in what the kept state needed: so
/// a constant counts only where its value was needed, and everything else here is needed by its nature.
/// </summary>
internal sealed class FactCollector(VerifierInput input)
{
    private const byte FellThrough = 1;
    private const byte Jumped = 2;

    private readonly bool[] _visited = new bool[input.Code.Length];
    private readonly byte[] _branches = new byte[input.Code.Length];
    private readonly AccessFact[] _accesses = new AccessFact[input.Code.Length];
    private readonly int[] _stackBytes = new int[input.Functions.Ranges.Length];
    private readonly bool[] _readsUnwritten = new bool[input.Functions.Ranges.Length];
    private readonly SortedSet<int> _fuelSlots = [];
    private readonly ConstantFacts _constants = new(input.Code.Length);
    private readonly HashSet<int> _mayBeNull = [];
    private readonly HashSet<int> _neverNull = [];
    private readonly HashSet<int> _synchronous = [];
    private readonly HashSet<AsynchronousCallback> _asynchronous = [];

    public ParameterAlignment Alignment { get; } = new();

    /// <summary>One past the last context byte that is accessed.</summary>
    public int ContextEnd { get; private set; }

    public IReadOnlyList<int> StackBytes => _stackBytes;

    public IReadOnlyCollection<int> FuelSlots => _fuelSlots;

    /// <summary>What helpers call later.</summary>
    public IReadOnlyCollection<AsynchronousCallback> Asynchronous => _asynchronous;

    /// <summary>No helper calls the function before it returns.</summary>
    public bool IsOnlyAsynchronous(int function) => !_synchronous.Contains(function) && _asynchronous.Any(callback => callback.Function == function);

    public void CallsBack(int function) => _synchronous.Add(function);

    public void CallsBack(AsynchronousCallback callback) => _asynchronous.Add(callback);

    public void Visit(int slot) => _visited[slot] = true;

    public bool IsVisited(int slot) => _visited[slot];

    public void Branch(int slot, bool taken) => _branches[slot] |= taken ? Jumped : FellThrough;

    public void CountFuelAt(int slot) => _fuelSlots.Add(slot);

    public void Constant(int slot, in RegisterState operand) => _constants.Add(slot, operand);

    /// <summary>A helper's result that may be null by its prototype.</summary>
    public void Result(int slot, bool mayBeNull) => (mayBeNull ? _mayBeNull : _neverNull).Add(slot);

    /// <summary>A frame's stack was touched down to <paramref name="depth"/> bytes below its R10.</summary>
    public void Stack(int function, long depth) => _stackBytes[function] = Math.Max(_stackBytes[function], (int)depth);

    public void ReadsUnwritten(int function) => _readsUnwritten[function] = true;

    /// <summary>A state was cut off at one that had written what it has not.</summary>
    public void UnwrittenStackIsRead(VerifierState state)
    {
        for (int i = 0; i < state.FrameCount; i++)
        {
            _readsUnwritten[state.Frame(i).Function] = true;
        }
    }

    public void Context(long end) => ContextEnd = Math.Max(ContextEnd, (int)end);

    /// <summary>
    /// Whether a context access may be added: one instruction accesses the context always at the same place, or never, since it is rewritten for the host's
    /// struct.
    /// </summary>
    public bool IsSamePlace(int slot, ValueKind kind, long start)
    {
        AccessFact fact = _accesses[slot];
        bool isContext = kind == ValueKind.Context;
        return fact.Region == AccessRegion.None || ((fact.Region == AccessRegion.Context) == isContext && (!isContext || fact.Start == start));
    }

    /// <param name="start">The lowest offset from the region's start that may be accessed, in bytes.</param>
    /// <param name="end">One past the highest.</param>
    public void Access(int slot, ValueKind kind, int target, long start, long end)
    {
        ref AccessFact fact = ref _accesses[slot];
        var region = (AccessRegion)kind;
        fact = fact.Region switch
        {
            AccessRegion.None => new AccessFact(region, target, start, end),
            _ when fact.Region == region && fact.Target == target => fact with { Start = Math.Min(fact.Start, start), End = Math.Max(fact.End, end) },
            _ => new AccessFact(AccessRegion.Several, 0, 0, 0),
        };
    }

    /// <summary>A function was walked to the end: what its walk marked is final.</summary>
    public void Settle(Provenance provenance) => _constants.Settle(provenance);

    public ProgramFacts ToFacts(ImmutableArray<bool> structurallyReachable) => new()
    {
        Proof = Proof.Full,
        Reachable = structurallyReachable,
        Visited = [.. _visited.Select((visited, slot) => visited || (slot > 0 && _visited[slot - 1] && input.Rows[slot].Shape == Isa.InstructionShape.Continuation))],
        Functions =
        [
            .. input.Functions.Ranges.Select((range, index) => new FunctionFacts(range.Start, range.Length, _stackBytes[index]) { ReadsUnwrittenStack = _readsUnwritten[index] }),
        ],
        Branches = [.. _branches.Select(outcome => (BranchOutcome)outcome)],
        Accesses = [.. _accesses],
        ContextAccesses = ContextAccesses(),
        Constants = _constants.ToDictionary().ToFrozenDictionary(),
        NeverNull = [.. _neverNull.Except(_mayBeNull).Order().Select(slot => new SlotIndex(slot))],
        LiveRegisters = [.. input.Live],
        FuelSlots = [.. _fuelSlots.Select(slot => new SlotIndex(slot))],
        RequiredContextSize = ContextEnd,
    };

    /// <summary>Where context fields lie elsewhere in the host, what has to be converted.</summary>
    private ImmutableArray<ContextAccess> ContextAccesses() => ContextConversion.Concerns(input.Type.Context)
        ?
        [
            .. _accesses.Select((fact, slot) => (fact, slot)).Where(entry => entry.fact.Region == AccessRegion.Context)
                .Select(entry => new ContextAccess(new SlotIndex(entry.slot), (int)entry.fact.Start)),
        ]
        : [];
}
