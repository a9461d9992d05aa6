using Skep.Contracts;
using Skep.Jit.Analysis;
using Skep.Jit.Code;
using Skep.Jit.X64.Encoding;
using Skep.Programs;

namespace Skep.Jit.X64.Emission;

/// <summary>One compilation, with the processor's features and the system's calling convention.</summary>
internal sealed class ProgramEmission(LoweredProgram program, JitOptions options, ulong blinding) : NativeEmission<BranchForms>(program, options, blinding, BytesPerSlot)
{
    private const int BytesPerSlot = 6;

    internal ProcessorFeatures Features { get; } = ProcessorFeatures.From(options);

    internal CallingConvention Convention { get; } = CallingConvention.Of(options.System);

    protected override void EmitFunction(FunctionSummary function) => new FunctionEmitter(this, function).Emit();

    protected override CodeLabel EmitStub(FunctionSummary function) => EntryStub.Emit(this, function);
}
