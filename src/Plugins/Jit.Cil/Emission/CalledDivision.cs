using System.Reflection;
using System.Runtime.CompilerServices;
using Skep.Execution.Semantics;
using Skep.Isa;

namespace Skep.Jit.Cil.Emission;

/// <summary>
/// Divisions of low halves that stay calls. In methods of so many locals that webs share them (<see cref="Analysis.MethodAnalysis.SharesLocals"/>), .NET 10 keeps only the low half
/// of a local whose low half is tested for zero and divided by, although all of it is read later. Not inlined, the division sees copies.
/// </summary>
internal static class CalledDivision
{
    public static MethodInfo Of(AluOperator alu) => alu switch
    {
        AluOperator.Divide => ((Func<ulong, ulong, ulong>)Divide).Method,
        AluOperator.Modulo => ((Func<ulong, ulong, ulong>)Modulo).Method,
        AluOperator.SignedDivide => ((Func<ulong, ulong, ulong>)SignedDivide).Method,
        AluOperator.SignedModulo => ((Func<ulong, ulong, ulong>)SignedModulo).Method,
        _ => throw new ArgumentOutOfRangeException(nameof(alu), alu, "no division"),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Divide(ulong left, ulong right) => Alu32.Divide(left, right);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Modulo(ulong left, ulong right) => Alu32.Modulo(left, right);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong SignedDivide(ulong left, ulong right) => Alu32.SignedDivide(left, right);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong SignedModulo(ulong left, ulong right) => Alu32.SignedModulo(left, right);
}
