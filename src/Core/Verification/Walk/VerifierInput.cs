using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Flow;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification.Structure;

namespace Skep.Verification.Walk;

/// <summary>
/// Everything about a program that does not change while it is walked: what each slot refers to, which registers are live there, where states are
/// compared. Built after the structure was found right.
/// </summary>
internal sealed class VerifierInput
{
    private const int None = -1;

    private readonly int[] _functionAtSlot;
    private readonly Dictionary<LoadedMap, int> _mapIndices = [];
    private readonly Dictionary<string, int> _typeIndices = new(StringComparer.Ordinal);
    private readonly List<MapInput> _maps = [];
    private readonly List<string> _typeNames = [""];
    private readonly int[] _mapAtSlot;
    private readonly bool[] _movesPackets;

    public VerifierInput(StructureInput structure)
    {
        Program = structure.Program;
        Policy = structure.Policy;
        Limits = structure.Limits;
        Functions = structure.Functions;
        Code = [.. Program.Instructions];
        Rows = [.. Code.Select(instruction => instruction.Row)];
        Helpers = new HelperDescriptor?[Code.Length];
        foreach ((int slot, HelperBinding helper) in Program.Helpers)
        {
            Helpers[slot] = helper.Descriptor;
        }

        _functionAtSlot = new int[Code.Length];
        foreach ((int index, FunctionRange range) in Functions.Ranges.Index())
        {
            Array.Fill(_functionAtSlot, index, range.Start.Value, range.Length);
        }

        // Index 0 is no map, so that 0 can say so.
        _maps.Add(new MapInput(new MapSpec { Name = "", Type = new MapTypeReference(default) }, NoMap, null));
        _mapAtSlot = new int[Code.Length];
        foreach ((int slot, MapBinding binding) in Program.Maps.OrderBy(entry => entry.Key))
        {
            _mapAtSlot[slot] = IndexOf(binding.Map);
        }

        Callees = FindCallees(structure);
        _movesPackets = FindMovers();
        Signatures = [.. Functions.Ranges.Select((_, index) => FunctionSignature.Of(Program, Functions, index))];
        Live = LiveRegisters.Find(this);
        Points = ComparisonPoints.Find(this);
        AllowsLeaks = Policy.AllowPointerLeaks ?? Type.AllowsPointerLeaks;
    }

    public LinkedProgram Program { get; }

    public VerificationPolicy Policy { get; }

    public Limits Limits { get; }

    public FunctionTable Functions { get; }

    public ProgramTypeDescriptor Type => Program.ProgramType.Descriptor;

    public Instruction[] Code { get; }

    /// <summary>By slot.</summary>
    public OpcodeRow[] Rows { get; }

    /// <summary>The helper that the call at a slot names.</summary>
    public HelperDescriptor?[] Helpers { get; }

    /// <summary>By slot: the function, by index, that a call or an address load leads to; -1 for other slots.</summary>
    public int[] Callees { get; }

    /// <summary>By function.</summary>
    public ImmutableArray<FunctionSignature> Signatures { get; }

    /// <summary>By slot: registers whose value some path from there reads.</summary>
    public RegisterSet[] Live { get; }

    public ComparisonPoints Points { get; }

    /// <summary>Pointers may become numbers.</summary>
    public bool AllowsLeaks { get; }

    public MapInput Map(int index) => _maps[index];

    /// <summary>The map that the load at a slot names, by index; 0 for none.</summary>
    public int MapAt(int slot) => _mapAtSlot[slot];

    public int FunctionAt(int slot) => _functionAtSlot[slot];

    public int StartOf(int function) => Functions.Ranges[function].Start.Value;

    public string TypeName(int index) => _typeNames[index];

    /// <summary>An index that stands for the name of an object's type.</summary>
    public int TypeIndex(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return 0;
        }

        if (!_typeIndices.TryGetValue(name, out int index))
        {
            _typeIndices[name] = index = _typeNames.Count;
            _typeNames.Add(name);
        }

        return index;
    }

    /// <summary>Something that a function calls, however indirectly, may move the packet.</summary>
    public bool MovesPackets(int function) => _movesPackets[function];

    private static readonly MapTypeDescriptor NoMap = new()
    {
        Name = "",
        Description = "",
        KeySize = SizeRule.Zero,
        ValueSize = SizeRule.Zero,
        MaxEntries = SizeRule.Zero,
        Operations = MapOperations.None,
    };

    private int IndexOf(LoadedMap map)
    {
        if (_mapIndices.TryGetValue(map, out int known))
        {
            return known;
        }

        int inner = 0;
        if (map.Map.Spec.Inner is { } template && map.InnerType is { } type)
        {
            inner = _maps.Count;
            _maps.Add(new MapInput(template, type, null));
        }

        int index = _maps.Count;
        _maps.Add(new MapInput(map.Map.Spec, map.Type.Descriptor, map) { Inner = inner });
        _mapIndices[map] = index;
        return index;
    }

    private int[] FindCallees(StructureInput structure)
    {
        int[] callees = new int[Code.Length];
        for (int slot = 0; slot < Code.Length; slot++)
        {
            long? target = CallGraph.TargetOf(Code[slot], slot, structure.AddressTargets);
            callees[slot] = target is { } start ? _functionAtSlot[start] : None;
        }

        return callees;
    }

    private bool[] FindMovers()
    {
        bool[] moves = new bool[Functions.Ranges.Length];
        var calls = new HashSet<(int Caller, int Callee)>();
        for (int slot = 0; slot < Code.Length; slot++)
        {
            moves[_functionAtSlot[slot]] |= Helpers[slot] is { InvalidatesPackets: true } or { IsTailCall: true };
            if (Callees[slot] >= 0)
            {
                calls.Add((_functionAtSlot[slot], Callees[slot]));
            }
        }

        ILookup<int, int> callers = calls.ToLookup(call => call.Callee, call => call.Caller);
        var waiting = new Stack<int>(Enumerable.Range(0, moves.Length).Where(function => moves[function]));
        while (waiting.TryPop(out int mover))
        {
            foreach (int caller in callers[mover].Where(caller => !moves[caller]))
            {
                moves[caller] = true;
                waiting.Push(caller);
            }
        }

        return moves;
    }
}
