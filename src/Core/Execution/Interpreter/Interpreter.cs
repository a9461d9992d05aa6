using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Interpreter;

/// <summary>
/// The reference of the machine. What each instruction means is in <see cref="Semantics"/>, which one is next in
/// the dispatch, how helpers are called in the helpers part; this part sets a run up and takes it down.
/// </summary>
internal sealed unsafe partial class Interpreter<TMode> : ProgramEngine
    where TMode : struct, IExecutionMode
{
    private const int CacheLine = 64;
    private const int MaxStackRoom = 32 * 1024;
    private const int RegionRoom = 16;

    // No operation has this bit: in the code of a mode that counts fuel at slots it marks those.
    private const Operation FuelMark = (Operation)0x8000;

    private readonly LoweredProgram _program;
    private readonly Limits _limits;
    private readonly ImmutableArray<HelperCall> _helpers;
    private readonly ArgumentCheck _arguments;
    private readonly bool[] _functionStarts;
    private readonly bool _clearsFrames;

    // Both are pinned: code and tables have fixed addresses, and the collector frees them, so that none is left behind.
    private readonly Instruction[] _codeRoom;
    private readonly MemoryRegion[] _direct;
    private readonly Instruction* _code;

    public Interpreter(LoweredProgram program, Limits limits)
    {
        _program = program;
        _limits = limits;
        _helpers = program.HelperCalls;
        _arguments = new ArgumentCheck([.. program.Maps.Select(map => new MapFacts(map))], IsFunction);
        _direct = MapFacts.DirectValues(program.Maps);
        _functionStarts = new bool[program.Instructions.Length];
        foreach (SlotIndex start in program.FunctionStarts)
        {
            _functionStarts[start.Value] = true;
        }

        // Where nothing reads what it did not write, what a frame holds at first does not matter.
        _clearsFrames = TMode.IsChecked || program.Functions.Any(function => function.ClearsStack);
        _codeRoom = GC.AllocateArray<Instruction>(program.Instructions.Length + 1 + (CacheLine / sizeof(Instruction)), pinned: true);
        nint room = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_codeRoom));
        _code = (Instruction*)((room + CacheLine - 1) & -CacheLine);
        program.Instructions.CopyTo(new Span<Instruction>(_code, program.Instructions.Length));

        if (TMode.CountsFuelSlots)
        {
            MarkFuelSlots();
        }

        // Should control ever run off the end, it meets an instruction that traps.
        _code[program.Instructions.Length] = default;
    }

    public override string Name => InterpreterEngine.Name;

    public override ulong Run(Invocation* invocation, in ProgramEntry entry)
    {
        invocation->Context = entry.R1;
        invocation->Packet = entry.Data;
        invocation->Fuel = _limits.MaxFuel;
        invocation->TailCalls = 0;
        return Continue(invocation, entry);
    }

    [SkipLocalsInit]
    public override ulong Continue(Invocation* invocation, in ProgramEntry entry)
    {
        int frames = _limits.MaxCallDepth;
        int frameBytes = (_limits.MaxFrameBytes + 7) & -8;
        nuint bytes = (nuint)frames * ((nuint)frameBytes + (nuint)sizeof(SavedFrame));
        byte* nearby = stackalloc byte[bytes <= MaxStackRoom ? (int)bytes : 0];
        byte* room = bytes <= MaxStackRoom ? nearby : (byte*)NativeMemory.Alloc(bytes);
        MemoryRegion* regions = stackalloc MemoryRegion[TMode.IsChecked ? RegionRoom : 0];
        ulong* r = stackalloc ulong[Registers.Count];
        Interpreter<TMode> self = this;
        Unsafe.SkipInit(out RunState state);
        state.Invocation = invocation;
#pragma warning disable CS8500 // The variable outlives the run and does not move: it is on this stack.
        state.Interpreter = &self;
#pragma warning restore CS8500
        state.Code = _code;
        var resources = new RunResources { MaxHeld = _limits.MaxHeldReferences, Entry = entry };
        state.Resources = &resources;
        state.Memory = new ProgramMemory
        {
            Context = entry.Context,
            Data = entry.Data,
            Direct = (MemoryRegion*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_direct)),
            DirectCount = _direct.Length,
            Returned = new RegionTable(regions, RegionRoom),
            Held = &resources.Held,
        };
        state.Begin(room, (SavedFrame*)(room + ((nint)frames * frameBytes)), frames, frameBytes, _clearsFrames);
        invocation->Engine = &state;
        invocation->Resources = &resources;
        invocation->CallBack = &CallBack;
        new Span<ulong>(r, Registers.Count).Clear();
        r[1] = entry.R1;
        r[2] = entry.R2;
        r[10] = state.FramePointer;
        ulong result;
        try
        {
            result = Execute(&state, r, _code);
        }
        finally
        {
            resources.GiveBack(invocation, _helpers);
            state.Memory.Returned.Dispose();
            if (room != nearby)
            {
                NativeMemory.Free(room);
            }
        }

        GC.KeepAlive(self);
        return invocation->HasTrapped ? 0 : result;
    }

    /// <summary>Runs a function of the program for a helper, in a frame below the caller's.</summary>
    private static ulong CallBack(Invocation* invocation, ulong function, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        if (invocation->HasTrapped)
        {
            return 0;
        }

        if (!RunFuel.Take(invocation, RunFuel.Callback))
        {
            return 0;
        }

        var state = (RunState*)invocation->Engine;
        Interpreter<TMode> interpreter = Of(state);
        ulong* r = stackalloc ulong[Registers.Count];
        new Span<ulong>(r, Registers.Count).Clear();
        if (!interpreter.IsFunction(function) || !state->Push(r, null))
        {
            invocation->TrapKind = interpreter.IsFunction(function) ? TrapKind.CallDepth : TrapKind.InvalidInstruction;
            return 0;
        }

        int slot = invocation->Slot;
        int walkedMap = state->WalkedMap;
        int floor = state->Floor;
        state->Floor = state->Depth;
        CallbackScope scope = interpreter.ScopeOf(state, r1, r2, r3);
        state->Memory.Scopes = &scope;
        r[1] = r1;
        r[2] = r2;
        r[3] = r3;
        r[4] = r4;
        r[5] = r5;
        ulong result = Execute(state, r, interpreter._code + FunctionAddress.SlotOf(function));
        state->Memory.Scopes = scope.Outer;
        state->Memory.Forget();
        if (invocation->HasTrapped)
        {
            return 0;
        }

        state->Pop(r);
        state->Floor = floor;
        state->WalkedMap = walkedMap;
        invocation->Slot = slot;
        return result;
    }

    private void MarkFuelSlots()
    {
        foreach (SlotIndex slot in _program.FuelSlots)
        {
            _code[slot.Value] = _code[slot.Value] with { Operation = _code[slot.Value].Operation | FuelMark };
        }
    }

    private bool IsFunction(ulong value)
    {
        int slot = FunctionAddress.SlotOf(value);
        return slot >= 0 && slot < _functionStarts.Length && _functionStarts[slot];
    }

    private static Interpreter<TMode> Of(RunState* state)
    {
#pragma warning disable CS8500 // See Run.
        return *(Interpreter<TMode>*)state->Interpreter;
#pragma warning restore CS8500
    }

    private static ulong Trap(RunState* state, TrapKind kind, Instruction* instruction, ulong address = 0)
    {
        state->Invocation->TrapKind = kind;
        state->Invocation->Slot = state->SlotOf(instruction);
        state->Invocation->TrapAddress = address;
        if (kind == TrapKind.FuelExhausted)
        {
            // While it runs it counts in a register.
            state->Invocation->Fuel = 0;
        }

        return 0;
    }
}
