using Skep.Jit.Analysis;
using Skep.Jit.Code;

namespace Skep.Jit.Arm64.Emission;

/// <summary>What C calls where a function is also called by functions of the program, whose convention saves less.</summary>
internal static class EntryStub
{
    internal static CodeLabel Emit(ProgramEmission program, FunctionSummary function)
    {
        CodeLabel label = program.Code.NewLabel();
        var writer = new MachineWriter(program.Code);
        Frame frame = Frame.OfStub(function);
        program.Code.Align(16);
        program.Code.Bind(label);
        program.Code.MarkSlot(function.Start);
        frame.Open(writer);
        writer.Call(program.EntryOf(function));
        frame.Close(writer);
        return label;
    }
}
