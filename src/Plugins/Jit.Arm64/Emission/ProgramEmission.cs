using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Jit.Analysis;
using Skep.Jit.Arm64.Encoding;
using Skep.Jit.Code;
using Skep.Programs;

namespace Skep.Jit.Arm64.Emission;

/// <summary>One compilation: what all functions of a program share while their code is written.</summary>
internal sealed class ProgramEmission
{
    private const int BytesPerSlot = 6;
    private const int FunctionAlignment = 16;
    private readonly CodeLabel _firstSlot;
    private readonly CodeLabel _firstEntry;
    private readonly CodeLabel _firstCell;
    private readonly bool[] _isCalled;
    private ulong _blinding;
    private int _passedFuelSlots;

    /// <param name="blinding">Random; 0 unless constants are to be blinded.</param>
    internal ProgramEmission(LoweredProgram program, JitOptions options, ulong blinding)
    {
        Program = program;
        Features = ProcessorFeatures.From(options);
        BlindsConstants = options.BlindConstants;
        _blinding = blinding;
        Flow = FlowMarks.Of(program);
        Summary = ProgramSummary.Of(program);
        Registers = RegisterAnalysis.Of(program, Flow);
        Code = new CodeBuffer(program.Instructions.Length * BytesPerSlot + 64);
        _firstSlot = Code.NewLabels(program.Instructions.Length + 1);
        _firstEntry = Code.NewLabels(program.Functions.Length);
        _firstCell = Code.NewLabels(program.Helpers.Length);
        _isCalled = new bool[program.Helpers.Length];
    }

    internal LoweredProgram Program { get; }

    internal ProcessorFeatures Features { get; }

    internal bool BlindsConstants { get; }

    internal FlowMarks Flow { get; }

    internal ProgramSummary Summary { get; }

    internal RegisterAnalysis Registers { get; }

    internal CodeBuffer Code { get; }

    /// <summary>The first slot where fuel is paid that is not written yet: functions and their slots are written in order.</summary>
    internal int NextFuelSlot => _passedFuelSlots < Program.FuelSlots.Length ? Program.FuelSlots[_passedFuelSlots].Value : int.MaxValue;

    internal void PassFuelSlot() => _passedFuelSlots++;

    /// <summary>The code of a slot that branches go to; of a function's first slot: behind its prologue.</summary>
    internal CodeLabel LabelOf(int slot) => new(_firstSlot.Index + slot);

    /// <summary>Where callers within the program enter a function; for one that only C calls, where C does.</summary>
    internal CodeLabel EntryOf(FunctionSummary function) => new(_firstEntry.Index + function.Index);

    /// <summary>8 bytes in the code that hold the address of a helper's cell.</summary>
    internal CodeLabel CellOf(int helper)
    {
        _isCalled[helper] = true;
        return new(_firstCell.Index + helper);
    }

    /// <summary>C calls the function's own code: no stub is needed.</summary>
    internal static bool IsEntry(FunctionSummary function) => !function.IsCalled && (function.Index == 0 || function.IsAddressTaken);

    /// <summary>A number that nobody foresees (a step of SplitMix64 from a random start).</summary>
    internal ulong NextBlinding()
    {
        ulong z = _blinding += 0x9e37_79b9_7f4a_7c15;
        z = (z ^ z >> 30) * 0xbf58_476d_1ce4_e5b9;
        z = (z ^ z >> 27) * 0x94d0_49bb_1331_11eb;
        return z ^ z >> 31;
    }

    internal NativeImage Emit()
    {
        foreach (FunctionSummary function in Summary.Functions)
        {
            Code.Align(FunctionAlignment);
            new FunctionEmitter(this, function).Emit();
        }

        var stubs = new List<(FunctionSummary Function, CodeLabel Label)>();
        foreach (FunctionSummary function in Summary.Functions)
        {
            if (function.Index == 0 || function.IsAddressTaken)
            {
                CodeLabel label = IsEntry(function) ? EntryOf(function) : EntryStub.Emit(this, function);
                stubs.Add((function, label));
            }
        }

        AppendCells();
        var layout = new CodeLayout<BranchForms>(Code);
        ImmutableArray<CodeEntry> entries = [.. stubs.Select(stub => new CodeEntry(stub.Function.Function.Start, layout.OffsetOf(stub.Label)))];
        return new NativeImage(layout.ToCode(), layout.ToRelocations(), layout.ToPcMap(), entries);
    }

    private void AppendCells()
    {
        if (!_isCalled.Contains(true))
        {
            return;
        }

        Code.Align(sizeof(ulong));
        for (int helper = 0; helper < _isCalled.Length; helper++)
        {
            if (_isCalled[helper])
            {
                Code.Bind(CellOf(helper));
                Code.Append([0, 0, 0, 0, 0, 0, 0, 0]);
                Code.RelocateLast(CodeRelocationKind.HelperCell, helper);
            }
        }
    }
}
