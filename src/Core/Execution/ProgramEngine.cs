using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Runtime;

namespace Skep.Execution;

/// <summary>A program's code in runnable form; one instance a program, any number of runs at once.</summary>
internal abstract class ProgramEngine : IDisposable
{
    /// <summary>The word that statistics and dumps show: <c>interpreter</c>, or the back end's name.</summary>
    public abstract string Name { get; }

    /// <summary>The plugin whose code may be part of this; null for none. The program holds it.</summary>
    public PluginRecord? Provider { get; set; }

    /// <summary>The number of the program's type, from 1 on, given before the first run; -1 for a program that nothing jumps to or from.</summary>
    public virtual int JumpType { get; set; } = -1;

    /// <summary>Where other programs' machine code may jump to; null where there is none.</summary>
    public virtual JumpPlace? JumpPlace => null;

    /// <summary>Runs the program once on the calling thread. Traps are written to the invocation; exceptions do not come out.</summary>
    /// <returns>R0; after a trap the value does not matter.</returns>
    public abstract unsafe ulong Run(Invocation* invocation, in ProgramEntry entry);

    /// <summary><see cref="RunBare"/> is all of a run: the code needs nothing of an invocation and cannot trap.</summary>
    public virtual bool IsBare => false;

    /// <summary>The short way of <see cref="Run"/>, where <see cref="IsBare"/>.</summary>
    public virtual ulong RunBare(ulong r1, ulong r2) => throw new NotSupportedException($"{Name} needs an invocation.");

    /// <summary>As <see cref="Run"/>, in the place of another program: a run that is under way goes on with the fuel that is left.</summary>
    public virtual unsafe ulong Continue(Invocation* invocation, in ProgramEntry entry)
        => throw new NotSupportedException($"{Name} runs whole runs only.");

    /// <summary>Bytes of machine code that the core installed; 0 where there are none.</summary>
    public virtual int CodeBytes => 0;

    public virtual void Dispose()
    {
    }
}
