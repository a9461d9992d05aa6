using Skep.Contracts;
using Skep.Jit.Analysis;
using Skep.Jit.Arm64.Encoding;
using Skep.Jit.Code;
using Skep.Programs;

namespace Skep.Jit.Arm64.Emission;

/// <summary>One compilation, with the processor's features, and the cells of helpers behind the code.</summary>
internal sealed class ProgramEmission : NativeEmission<BranchForms>
{
    private const int BytesPerSlot = 6;
    private readonly CodeLabel _firstCell;
    private readonly bool[] _isCalled;
    private int _passedFuelSlots;

    /// <param name="blinding">Random; 0 unless constants are to be blinded.</param>
    internal ProgramEmission(LoweredProgram program, JitOptions options, ulong blinding)
        : base(program, options, blinding, BytesPerSlot)
    {
        Features = ProcessorFeatures.From(options);
        _firstCell = Code.NewLabels(program.Helpers.Length);
        _isCalled = new bool[program.Helpers.Length];
    }

    internal ProcessorFeatures Features { get; }

    /// <summary>The first slot where fuel is paid that is not written yet: functions and their slots are written in order.</summary>
    internal int NextFuelSlot => _passedFuelSlots < Program.FuelSlots.Length ? Program.FuelSlots[_passedFuelSlots].Value : int.MaxValue;

    internal void PassFuelSlot() => _passedFuelSlots++;

    /// <summary>8 bytes in the code that hold the address of a helper's cell.</summary>
    internal CodeLabel CellOf(int helper)
    {
        _isCalled[helper] = true;
        return new(_firstCell.Index + helper);
    }

    protected override void EmitFunction(FunctionSummary function) => new FunctionEmitter(this, function).Emit();

    protected override CodeLabel EmitStub(FunctionSummary function) => EntryStub.Emit(this, function);

    protected override void EmitData()
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
