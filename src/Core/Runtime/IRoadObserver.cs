using System.Collections.Immutable;
using Skep.Findings;

namespace Skep.Runtime;

/// <summary>The steps of the road that a host can watch; runs are none of them.</summary>
public enum RoadStep : byte
{
    /// <summary>A whole object: its maps, then each program's other steps.</summary>
    Load,

    /// <summary>Binding one program's references, and proving it.</summary>
    Verify,

    /// <summary>One program's bytecode into what engines run.</summary>
    Lower,

    /// <summary>Choosing an engine for one program, and making its code.</summary>
    Compile,

    Attach,
}

/// <summary>
/// Told of every step that a runtime takes a program along: for tracing and logging. Called on the thread that takes the step, by any number of threads at once; must not
/// throw and not block for long.
/// </summary>
public interface IRoadObserver
{
    /// <summary>A step begins.</summary>
    /// <param name="subject">The object's or program's name; for <see cref="RoadStep.Attach"/> the program's, and where to.</param>
    /// <returns>Told of its end; null when nobody wants to know.</returns>
    IRoadSpan? Begin(SkepRuntime runtime, RoadStep step, string subject);
}

/// <summary>A step that was begun; ends once, on the thread that began it.</summary>
public interface IRoadSpan
{
    /// <param name="succeeded">False also where the step threw, and then there are no findings.</param>
    void End(bool succeeded, ImmutableArray<Finding> findings);
}
