using System.Reflection.Emit;
using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Emission;

/// <summary>A function as a method.</summary>
/// <param name="Delegate">Of a type that <see cref="EntryTypes"/> has for it, with the program's objects in it.</param>
/// <param name="Parameters">The registers that it takes after the program's objects and the invocation, bit n for Rn.</param>
internal sealed record CompiledMethod(DynamicMethod Method, Delegate Delegate, int Parameters, FunctionTraits Traits);

/// <summary>The methods that the one under way may call.</summary>
internal interface IMethodTable
{
    /// <param name="function">Its index in the program.</param>
    CompiledMethod Of(int function);
}
