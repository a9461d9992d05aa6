using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Execution.Native;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Engines;

/// <summary>Runs machine code that the core installed.</summary>
internal sealed unsafe class NativeEngine : CompiledEngine
{
    // Code that is over so soon and calls nothing need not let the collector in meanwhile.
    private const int ShortPath = 2_000;

    private readonly InstalledCode _code;
    private readonly HelperCells _cells;
    private readonly FrozenDictionary<int, nint> _functions;
    private readonly nint _main;
    private readonly bool _isShort;

    // By slot: one look-up less on the way from native code to a helper.
    private readonly HelperCall?[] _callAt;

    public NativeEngine(string name, LoweredProgram program, NativeImage image, CodeArena arena, Limits limits)
        : base(name, program, limits)
    {
        _cells = new HelperCells(program.Helpers.Length);
        try
        {
            for (int helper = 0; helper < program.Helpers.Length; helper++)
            {
                _cells[helper] = EntryOf(program.HelperCalls[helper]);
            }

            _code = arena.Install(image, _cells, program);
        }
        catch
        {
            _cells.Dispose();
            base.Dispose();
            throw;
        }

        _callAt = program.Helpers.IsEmpty
            ? []
            : [.. program.Instructions.Select(instruction => instruction.Operation == Operation.CallHelper ? program.HelperCalls[(int)instruction.Immediate] : null)];
        _main = _code.Main;
        _functions = image.Entries.Skip(1).ToFrozenDictionary(entry => entry.Function.Value, entry => _code.EntryOf(entry.Function));
        _isShort = program.Helpers.IsEmpty && program.Verified.Facts.LongestPath < ShortPath;
    }

    /// <summary>Bytes of machine code.</summary>
    public override int CodeBytes => _code.Length;

    public override void Dispose()
    {
        _code.Dispose();
        _cells.Dispose();
        base.Dispose();
    }

    // A program that is told how long its context is gets that from whoever enters it.
    public override JumpPlace? JumpPlace => JumpType <= 0 || Program.Verified.Linked.ProgramType.Descriptor.Context.HasLength ? null : new JumpPlace(JumpType, _main, Handle);

    public override ulong Run(Invocation* invocation, in ProgramEntry entry)
    {
        Begin(invocation, entry);
        if (_isShort)
        {
            return EnterShort(invocation, entry.R1, entry.R2);
        }

        return HasResources ? RunFirst(invocation, entry) : EnterMain(invocation, entry.R1, entry.R2);
    }

    public override ulong RunBare(ulong r1, ulong r2) => _isShort ? EnterShort(null, r1, r2) : EnterMain(null, r1, r2);

    private ulong EnterShort(Invocation* invocation, ulong r1, ulong r2)
        => ((delegate* unmanaged[SuppressGCTransition]<Invocation*, ulong, ulong, ulong, ulong, ulong, ulong>)_main)(invocation, r1, r2, 0, 0, 0);

    protected override ulong EnterMain(Invocation* invocation, ulong r1, ulong r2)
        => ((delegate* unmanaged<Invocation*, ulong, ulong, ulong, ulong, ulong, ulong>)_main)(invocation, r1, r2, 0, 0, 0);

    protected override bool HasFunction(int slot) => _functions.ContainsKey(slot);

    protected override ulong EnterFunction(int slot, Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        => ((delegate* unmanaged<Invocation*, ulong, ulong, ulong, ulong, ulong, ulong>)_functions[slot])(invocation, r1, r2, r3, r4, r5);

    /// <summary>A C function where the helper has one and nothing is to be done around the call.</summary>
    private static nint EntryOf(HelperCall helper) => helper.NativeFunction is var function and not 0
        ? function
        : (nint)(delegate* unmanaged<Invocation*, ulong, ulong, ulong, ulong, ulong, ulong>)&CallHelper;

    /// <summary>Where native code comes back in: which helper it means is said by the call's slot. Nothing is thrown across native frames.</summary>
    [UnmanagedCallersOnly]
    private static ulong CallHelper(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        HelperCall? call = null;
        try
        {
            int slot = invocation->Slot;
            call = Unsafe.As<NativeEngine>(OfUnchecked(invocation))._callAt[slot]!;
            return call.HasEffects ? call.Call(invocation, slot, r1, r2, r3, r4, r5) : call.InvokeUnguarded(invocation, r1, r2, r3, r4, r5);
        }
#pragma warning disable CA1031 // A helper is foreign code: what it throws ends the call; of the engine's own the run ends, not the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (call is { HasEffects: false })
            {
                return call.Fail(invocation, exception);
            }

            invocation->Program.Statistics.CountHelperFault("(engine)", exception);
            invocation->TrapKind = TrapKind.HelperThrew;
            return 0;
        }
    }
}
