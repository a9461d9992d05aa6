using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Lowering;

/// <summary>Turns a verified program into what engines run.</summary>
internal static class Lowerer
{
    /// <param name="registry">Where calls by register look helpers up.</param>
    public static LoweredProgram Lower(VerifiedProgram program, Registry registry)
        => throw new NotImplementedException();
}
