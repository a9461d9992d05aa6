using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Analysis;

/// <summary>What a back end needs to know of a function before it writes its prologue.</summary>
/// <param name="Index">In <see cref="LoweredProgram.Functions"/>.</param>
public sealed record FunctionSummary(int Index, LoweredFunction Function)
{
    /// <summary>The first slot.</summary>
    public int Start => Function.Start.Value;

    /// <summary>The slot behind the last.</summary>
    public int End => Function.Start.Value + Function.Length;

    /// <summary>All registers that it reads or writes, those that calls clobber included.</summary>
    public RegisterSet Used { get; internal set; }

    /// <summary>All registers that it writes, those that calls clobber included.</summary>
    public RegisterSet Written { get; internal set; }

    /// <summary>It calls helpers.</summary>
    public bool CallsHelpers { get; internal set; }

    /// <summary>It calls functions of the program.</summary>
    public bool CallsFunctions { get; internal set; }

    /// <summary>It has <see cref="Operation.MayGoto"/>: it needs a budget in its frame.</summary>
    public bool HasBudget { get; internal set; }

    /// <summary>A trap may end it, or a function that it calls: who calls it looks whether it did.</summary>
    public bool MayTrap { get; internal set; }

    /// <summary>It, or a function that it calls, looks at the invocation.</summary>
    public bool NeedsInvocation { get; internal set; }

    /// <summary>Some instruction calls it by <see cref="Operation.CallLocal"/>.</summary>
    public bool IsCalled { get; internal set; }

    /// <summary>Its address is taken: it is called from outside.</summary>
    public bool IsAddressTaken { get; internal set; }
}
