using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Isa;
using Skep.Kernel;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Lowering;

/// <summary>Turns a verified program into what engines run.</summary>
internal sealed class Lowerer
{
    // The address of a named function that is there: programs only compare it with 0 before they call the function by name.
    private const long PresentFunction = 1;

    private readonly LinkedProgram _linked;
    private readonly SlotMap _slots;
    private readonly Dictionary<int, Reference> _references;
    private readonly Dictionary<int, int> _contextOffsets;
    private readonly List<HelperBinding> _helpers = [];
    private readonly Dictionary<HelperBinding, int> _helperIndices = [];

    private Lowerer(VerifiedProgram program)
    {
        _linked = program.Linked;
        _slots = new SlotMap(program.Facts.Reachable);
        _contextOffsets = program.Facts.ContextAccesses.ToDictionary(access => access.Slot.Value, access => access.Offset);
        _references = _linked.Spec.References.ToDictionary(reference => reference.Slot.Value);
    }

    /// <param name="registry">Where calls by register look helpers up.</param>
    public static LoweredProgram Lower(VerifiedProgram program, Registry registry)
    {
        var lowerer = new Lowerer(program);
        ImmutableArray<Instruction> instructions = lowerer.Instructions();
        FrozenDictionary<int, int> byNumber = lowerer.RegisterCalls(instructions, registry);
        var lowered = new LoweredProgram(program)
        {
            Instructions = instructions,
            OriginalSlots = lowerer._slots.Originals,
            Functions = lowerer.Functions(program.Facts),
            FuelSlots = [.. program.Facts.FuelSlots.Where(slot => lowerer._slots.IsKept(slot.Value)).Select(slot => new SlotIndex(lowerer._slots.Lowered(slot.Value)))],
            Helpers = [.. lowerer._helpers],
            HelperIndexByNumber = byNumber,
            Maps = lowerer.Maps(),
        };
        LoweringCheck.Require(lowered);
        return lowered;
    }

    private ImmutableArray<Instruction> Instructions()
    {
        var lowered = ImmutableArray.CreateBuilder<Instruction>(_slots.Originals.Length);
        foreach (int slot in _slots.Originals)
        {
            Instruction instruction = _linked.Instructions[slot];
            lowered.Add(instruction.Operation == Operation.Continuation
                ? InContinuation(lowered[^1])
                : Lower(instruction, slot));
        }

        return lowered.MoveToImmutable();
    }

    private Instruction Lower(Instruction instruction, int slot)
    {
        OpcodeRow row = instruction.Row;
        if (row.IsBranch || instruction.Operation == Operation.CallLocal)
        {
            return instruction with { Offset = _slots.Displacement(slot, instruction.TargetFrom(slot)) };
        }

        return instruction.Operation switch
        {
            Operation.LoadFunction => instruction with { Immediate = (uint)_slots.Displacement(slot, FunctionTarget(instruction, slot)) },
            Operation.CallHelper or Operation.CallNamed => CallOf(BoundHelper(slot)),
            _ when _contextOffsets.TryGetValue(slot, out int offset) => ContextConversion.Convert(_linked.ProgramType.Descriptor.Context, instruction, offset),
            _ when row.Shape == InstructionShape.LoadWide => instruction with { Operation = Operation.LoadImmediate64, Immediate = WideValue(instruction, slot) },
            _ => instruction,
        };
    }

    /// <summary>The second slot, so that the sequence can be encoded and printed as any other.</summary>
    internal static Instruction InContinuation(Instruction wide)
        => new(Operation.Continuation, 0, 0, 0, (long)InstructionEncoder.EncodeSecond(wide).Bits);

    private Instruction CallOf(HelperBinding helper) => new(Operation.CallHelper, 0, 0, 0, IndexOf(helper));

    private HelperBinding BoundHelper(int slot)
        => _linked.Helpers.GetValueOrDefault(slot) ?? throw Unverified(slot, "calls a helper that is not bound");

    private long FunctionTarget(Instruction instruction, int slot)
        => _references.GetValueOrDefault(slot) is FunctionReference function
            ? function.Target.Value
            : (long)slot + 1 + instruction.LowImmediate;

    private long WideValue(Instruction instruction, int slot)
    {
        if (_linked.Maps.TryGetValue(slot, out MapBinding? binding))
        {
            return binding.ValueOffset is { } offset
                ? ((IDirectValueMap)binding.Map.Map).Values.Address + offset
                : (long)binding.Map.Handle;
        }

        if (_linked.Helpers.ContainsKey(slot))
        {
            return PresentFunction;
        }

        if (_references.GetValueOrDefault(slot) is ExternReference { IsWeak: true })
        {
            return 0;
        }

        return instruction.Operation == Operation.LoadImmediate64
            ? instruction.Immediate
            : throw Unverified(slot, "loads something that is not bound");
    }

    private ImmutableArray<LoweredFunction> Functions(ProgramFacts facts)
    {
        FunctionFacts[] kept = [.. facts.Functions.Where(function => facts.Reachable[function.Start.Value])];
        int[] starts = [.. kept.Select(function => _slots.Lowered(function.Start.Value))];
        return
        [
            .. kept.Select((function, index) => new LoweredFunction(
                new SlotIndex(starts[index]),
                (index + 1 < starts.Length ? starts[index + 1] : _slots.Originals.Length) - starts[index],
                facts.Proof == Proof.Full ? function.StackBytes : Limits.Default.MaxFrameBytes,
                facts.Proof != Proof.Full || function.ReadsUnwrittenStack)),
        ];
    }

    private ImmutableArray<LoadedMap> Maps()
        => [.. _linked.Maps.Where(entry => _slots.IsKept(entry.Key)).OrderBy(entry => entry.Key).Select(entry => entry.Value.Map).Distinct()];

    /// <summary>A call by register may name any helper that is allowed, so all of them become callable, and only then.</summary>
    private FrozenDictionary<int, int> RegisterCalls(ImmutableArray<Instruction> instructions, Registry registry)
    {
        if (!instructions.Any(instruction => instruction.Operation == Operation.CallRegister))
        {
            return FrozenDictionary<int, int>.Empty;
        }

        ProgramTypeDescriptor type = _linked.ProgramType.Descriptor;
        bool isGpl = GplLicense.IsCompatible(_linked.Spec.License);
        var byNumber = new Dictionary<int, int>();
        foreach (HelperNumber number in registry.Helpers.Select(helper => helper.Descriptor.Number).OfType<HelperNumber>().Distinct())
        {
            if (registry.FindHelper(number, type) is { } helper && Registry.IsAllowed(helper, type) && (isGpl || !helper.Descriptor.IsGplOnly))
            {
                byNumber[number.Value] = IndexOf(helper);
            }
        }

        return byNumber.ToFrozenDictionary();
    }

    private int IndexOf(HelperBinding helper)
    {
        if (!_helperIndices.TryGetValue(helper, out int index))
        {
            _helperIndices[helper] = index = _helpers.Count;
            _helpers.Add(helper);
        }

        return index;
    }

    private static InvalidOperationException Unverified(int slot, string what)
        => new($"Slot {slot} {what}, which the verifier excludes.");

    /// <summary>Where the kept slots of a program went.</summary>
    private sealed class SlotMap
    {
        private const int Gone = -1;

        private readonly int[] _lowered;

        public SlotMap(ImmutableArray<bool> reachable)
        {
            Originals = [.. Enumerable.Range(0, reachable.Length).Where(slot => reachable[slot])];
            _lowered = new int[reachable.Length];
            Array.Fill(_lowered, Gone);
            for (int slot = 0; slot < Originals.Length; slot++)
            {
                _lowered[Originals[slot]] = slot;
            }
        }

        public ImmutableArray<int> Originals { get; }

        public bool IsKept(int slot) => Lowered(slot) != Gone;

        public int Lowered(long slot) => slot >= 0 && slot < _lowered.Length ? _lowered[slot] : Gone;

        /// <summary>From the slot after the one that <paramref name="slot"/> became.</summary>
        public int Displacement(int slot, long target)
            => IsKept((int)Math.Clamp(target, Gone, int.MaxValue)) ? Lowered(target) - Lowered(slot) - 1 : throw Unverified(slot, $"goes to slot {target}");
    }
}
