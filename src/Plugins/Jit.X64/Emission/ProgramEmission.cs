using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Jit.Analysis;
using Skep.Jit.Code;
using Skep.Jit.X64.Encoding;
using Skep.Programs;

namespace Skep.Jit.X64.Emission;

/// <summary>One compilation: what all functions of a program share while their code is written.</summary>
internal sealed class ProgramEmission
{
    private const int BytesPerSlot = 6;
    private const int FunctionAlignment = 16;
    private readonly CodeLabel _firstSlot;
    private readonly CodeLabel _firstEntry;
    private ulong _blinding;

    /// <param name="blinding">Random; 0 unless constants are to be blinded.</param>
    internal ProgramEmission(LoweredProgram program, JitOptions options, ulong blinding)
    {
        Program = program;
        Features = ProcessorFeatures.From(options);
        Convention = CallingConvention.Of(options.System);
        BlindsConstants = options.BlindConstants;
        _blinding = blinding;
        Flow = FlowMarks.Of(program);
        Summary = ProgramSummary.Of(program);
        Registers = RegisterAnalysis.Of(program, Flow);
        Code = new CodeBuffer(program.Instructions.Length * BytesPerSlot + 64);
        _firstSlot = Code.NewLabels(program.Instructions.Length + 1);
        _firstEntry = Code.NewLabels(program.Functions.Length);
    }

    internal LoweredProgram Program { get; }

    internal ProcessorFeatures Features { get; }

    internal CallingConvention Convention { get; }

    internal bool BlindsConstants { get; }

    internal FlowMarks Flow { get; }

    internal ProgramSummary Summary { get; }

    internal RegisterAnalysis Registers { get; }

    internal CodeBuffer Code { get; }

    /// <summary>The code of a slot; of a function's first slot: behind its prologue.</summary>
    internal CodeLabel LabelOf(int slot) => new(_firstSlot.Index + slot);

    /// <summary>Where callers within the program enter a function; for one that only C calls, where C does.</summary>
    internal CodeLabel EntryOf(FunctionSummary function) => new(_firstEntry.Index + function.Index);

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

        var layout = new CodeLayout<BranchForms>(Code);
        ImmutableArray<CodeEntry> entries = [.. stubs.Select(stub => new CodeEntry(stub.Function.Function.Start, layout.OffsetOf(stub.Label)))];
        return new NativeImage(layout.ToCode(), layout.ToRelocations(), layout.ToPcMap(), entries);
    }
}
