using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Skep.Contracts;
using Skep.Jit.Analysis;
using Skep.Programs;

namespace Skep.Jit.Code;

/// <summary>One compilation: what all functions of a program share while their code is written, and the order in which it is.</summary>
/// <typeparam name="TForms">The processor's branches.</typeparam>
public abstract class NativeEmission<TForms>
    where TForms : struct, IBranchForms
{
    private const int FunctionAlignment = 16;
    private readonly CodeLabel _firstSlot;
    private readonly CodeLabel _firstEntry;
    private ulong _blinding;

    /// <param name="blinding">Random; 0 unless constants are to be blinded.</param>
    /// <param name="bytesPerSlot">About how much code a slot becomes.</param>
    protected NativeEmission(LoweredProgram program, JitOptions options, ulong blinding, int bytesPerSlot)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(options);
        Program = program;
        BlindsConstants = options.BlindConstants;
        _blinding = blinding;
        Flow = FlowMarks.Of(program);
        Summary = ProgramSummary.Of(program);
        Registers = RegisterAnalysis.Of(program, Flow);
        Code = new CodeBuffer(program.Instructions.Length * bytesPerSlot + 64);
        _firstSlot = Code.NewLabels(program.Instructions.Length + 1);
        _firstEntry = Code.NewLabels(program.Functions.Length);
    }

    public LoweredProgram Program { get; }

    public bool BlindsConstants { get; }

    public FlowMarks Flow { get; }

    public ProgramSummary Summary { get; }

    public RegisterAnalysis Registers { get; }

    public CodeBuffer Code { get; }

    /// <summary>What <see cref="JitOptions.BlindConstants"/> asks for: the start of numbers that nobody foresees, else 0.</summary>
    public static ulong NewBlinding(JitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ulong blinding = 0;
        if (options.BlindConstants)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref blinding)));
        }

        return blinding;
    }

    /// <summary>C calls the function's own code: no stub is needed.</summary>
    public static bool IsEntry(FunctionSummary function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return !function.IsCalled && (function.Index == 0 || function.IsAddressTaken);
    }

    /// <summary>A tail call in it may be a jump (<see cref="JumpLayout"/>).</summary>
    public static bool MayJump(FunctionSummary function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.Index == 0 && IsEntry(function);
    }

    /// <summary>The code of a slot that branches go to; of a function's first slot: behind its prologue.</summary>
    public CodeLabel LabelOf(int slot) => new(_firstSlot.Index + slot);

    /// <summary>Where callers within the program enter a function; for one that only C calls, where C does.</summary>
    public CodeLabel EntryOf(FunctionSummary function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(_firstEntry.Index + function.Index);
    }

    /// <summary>A number that nobody foresees (a step of SplitMix64 from a random start).</summary>
    public ulong NextBlinding()
    {
        ulong z = _blinding += 0x9e37_79b9_7f4a_7c15;
        z = (z ^ z >> 30) * 0xbf58_476d_1ce4_e5b9;
        z = (z ^ z >> 27) * 0x94d0_49bb_1331_11eb;
        return z ^ z >> 31;
    }

    public NativeImage Emit()
    {
        foreach (FunctionSummary function in Summary.Functions)
        {
            Code.Align(FunctionAlignment);
            EmitFunction(function);
        }

        var stubs = new List<(FunctionSummary Function, CodeLabel Label)>();
        foreach (FunctionSummary function in Summary.Functions)
        {
            if (function.Index == 0 || function.IsAddressTaken)
            {
                stubs.Add((function, IsEntry(function) ? EntryOf(function) : EmitStub(function)));
            }
        }

        EmitData();
        var layout = new CodeLayout<TForms>(Code);
        ImmutableArray<CodeEntry> entries = [.. stubs.Select(stub => new CodeEntry(stub.Function.Function.Start, layout.OffsetOf(stub.Label)))];
        return new NativeImage(layout.ToCode(), layout.ToRelocations(), layout.ToPcMap(), entries);
    }

    protected abstract void EmitFunction(FunctionSummary function);

    /// <summary>What C calls in the place of a function that others call, too.</summary>
    protected abstract CodeLabel EmitStub(FunctionSummary function);

    /// <summary>What lies behind the code.</summary>
    protected virtual void EmitData()
    {
    }
}
