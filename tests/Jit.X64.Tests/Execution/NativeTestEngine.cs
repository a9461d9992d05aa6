using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Calls;
using Skep.Execution.Native;
using Skep.Jit.X64.Emission;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Jit.X64.Tests.Execution;

/// <summary>Runs what the back end made, in the core's arena, with helpers through their cells; without the core's engine, so that a fault is the back end's.</summary>
internal sealed unsafe class NativeTestEngine : ProgramEngine
{
    private static readonly CodeArena Arena = new(Limits.Default, CodeArenaOptions.Default);
    private readonly LoweredProgram _program;
    private readonly HelperCells _cells;
    private readonly InstalledCode _code;
    private readonly ulong _fuel;
    private GCHandle _self;

    public NativeTestEngine(LoweredProgram program, JitOptions options, ulong fuel = 1_000_000)
    {
        _program = program;
        _fuel = fuel;
        Image = new ProgramEmission(program, options, blinding: 0x1234_5678_9abc_def0).Emit();
        _cells = new HelperCells(program.Helpers.Length);
        for (int i = 0; i < program.Helpers.Length; i++)
        {
            _cells[i] = (nint)(delegate* unmanaged<Invocation*, ulong, ulong, ulong, ulong, ulong, ulong>)&Helper;
        }

        _code = Arena.Install(Image, _cells);
        _self = GCHandle.Alloc(this);
    }

    public override string Name => "x64";

    public NativeImage Image { get; }

    public override ulong Run(Invocation* invocation, in ProgramEntry entry)
    {
        var resources = new RunResources { MaxHeld = 16 };
        invocation->Context = entry.R1;
        invocation->Packet = entry.Data;
        invocation->Fuel = _fuel;
        invocation->Engine = (void*)GCHandle.ToIntPtr(_self);
        invocation->CallBack = &CallBack;
        invocation->Resources = &resources;
        ulong result = Enter(_code.Main, invocation, entry.R1, entry.R2, 0, 0, 0);
        return invocation->HasTrapped ? 0 : result;
    }

    public override void Dispose()
    {
        _code.Dispose();
        _cells.Dispose();
        _self.Free();
    }

    private static ulong Enter(nint code, Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        => ((delegate* unmanaged<Invocation*, ulong, ulong, ulong, ulong, ulong, ulong>)code)(invocation, r1, r2, r3, r4, r5);

    private static NativeTestEngine Of(Invocation* invocation) => (NativeTestEngine)GCHandle.FromIntPtr((nint)invocation->Engine).Target!;

    private static ulong CallBack(Invocation* invocation, ulong function, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        int slot = invocation->Slot;
        nint entry = Of(invocation)._code.EntryOf(new SlotIndex(FunctionAddress.SlotOf(function)));
        ulong result = Enter(entry, invocation, r1, r2, r3, r4, r5);
        if (!invocation->HasTrapped)
        {
            invocation->Slot = slot;
        }

        return invocation->HasTrapped ? 0 : result;
    }

    /// <summary>Every cell leads here: the slot says which helper is meant.</summary>
    [UnmanagedCallersOnly]
    private static ulong Helper(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        LoweredProgram program = Of(invocation)._program;
        int slot = invocation->Slot;
        return program.HelperCalls[(int)program.Instructions[slot].Immediate].Call(invocation, slot, r1, r2, r3, r4, r5);
    }
}
