using System.Collections.Immutable;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Cil.Code;

/// <summary>Which functions are inlined where they are called.</summary>
internal sealed class CallPlan
{
    // A call costs about as much as this many instructions, and what is called once costs nothing to inline.
    private const int SmallSlots = 48;
    private const int OnceSlots = 512;
    private const int MaxMethodSlots = 1500;

    private readonly LoweredProgram _program;
    private readonly Dictionary<int, int> _indexByStart = [];
    private readonly HashSet<int> _fuelSlots;
    private readonly int[] _callSites;
    private readonly int[] _slotsWithInlined;
    private readonly bool[] _inlines;
    private readonly FunctionTraits[] _traits;

    public CallPlan(LoweredProgram program)
    {
        _program = program;
        _fuelSlots = [.. program.FuelSlots.Select(slot => slot.Value)];
        ImmutableArray<LoweredFunction> functions = program.Functions;
        for (int i = 0; i < functions.Length; i++)
        {
            _indexByStart[functions[i].Start.Value] = i;
        }

        _callSites = new int[functions.Length];
        _slotsWithInlined = new int[functions.Length];
        _inlines = new bool[functions.Length];
        _traits = new FunctionTraits[functions.Length];
        var visits = new VisitState[functions.Length];
        CountCalls();
        for (int i = 0; i < functions.Length; i++)
        {
            Visit(i, visits);
        }
    }

    /// <summary>Indices of the functions whose address the program takes.</summary>
    public HashSet<int> AddressTaken { get; } = [];

    public int FunctionAt(int slot) => _indexByStart[slot];

    public bool PaysFuel(int slot) => _fuelSlots.Contains(slot);

    /// <param name="steps">How many the calling method has so far.</param>
    public bool Inlines(int function, int steps) => _inlines[function] && steps + _slotsWithInlined[function] <= MaxMethodSlots;

    public FunctionTraits Traits(int function) => _traits[function];

    private void CountCalls()
    {
        ImmutableArray<Instruction> code = _program.Instructions;
        for (int slot = 0; slot < code.Length; slot++)
        {
            switch (code[slot].Operation)
            {
                case Operation.CallLocal:
                    _callSites[FunctionAt((int)code[slot].TargetFrom(slot))]++;
                    break;
                case Operation.LoadFunction:
                    AddressTaken.Add(FunctionAt(slot + 1 + code[slot].LowImmediate));
                    break;
            }
        }
    }

    /// <summary>Callees are decided before their callers.</summary>
    private void Visit(int index, VisitState[] visits)
    {
        if (visits[index] == VisitState.Done)
        {
            return;
        }

        if (visits[index] == VisitState.UnderWay)
        {
            throw new NotSupportedException($"the function at slot {_program.Functions[index].Start} calls itself");
        }

        visits[index] = VisitState.UnderWay;
        LoweredFunction function = _program.Functions[index];
        int slots = function.Length;
        FunctionTraits traits = default;
        for (int slot = function.Start.Value; slot < function.Start.Value + function.Length; slot++)
        {
            Instruction instruction = _program.Instructions[slot];
            traits.PaysFuel |= PaysFuel(slot);
            if (instruction.Operation == Operation.CallLocal)
            {
                int callee = FunctionAt((int)instruction.TargetFrom(slot));
                Visit(callee, visits);
                traits = traits.WithCall(_traits[callee]);
                slots += Inlines(callee, slots) ? _slotsWithInlined[callee] : 0;
            }
            else
            {
                traits = traits.With(instruction, _program);
            }
        }

        visits[index] = VisitState.Done;
        _traits[index] = traits;
        _slotsWithInlined[index] = slots;
        _inlines[index] = index != 0 && !traits.ReturnsEarly && (slots <= SmallSlots || (_callSites[index] == 1 && slots <= OnceSlots));
    }

    private enum VisitState : byte
    {
        None,
        UnderWay,
        Done,
    }
}
