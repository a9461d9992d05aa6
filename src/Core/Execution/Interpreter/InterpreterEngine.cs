using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Interpreter;

/// <summary>Makes interpreters for programs.</summary>
internal static class InterpreterEngine
{
    /// <summary>The interpreter that checks at run time whatever the verifier did not prove.</summary>
    public static ProgramEngine Create(LoweredProgram program, Limits limits)
        => throw new NotImplementedException();
}
