using System.Collections.Immutable;
using Skep.Findings;

namespace Skep.Contracts;

/// <summary>What the loader, the CLI and the documentation need to know of an attach point; immutable.</summary>
public sealed record AttachPointDescriptor
{
    /// <summary>The point's identity, the word before the colon in <c>--attach POINT:TARGET</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for lists.</summary>
    public required string Description { get; init; }

    /// <summary>Names of the program types that it drives; the first is the type of programs whose section names none.</summary>
    public required ImmutableArray<string> ProgramTypes { get; init; }

    /// <summary>How a target is written, for messages: <c>CATEGORY/NAME</c>.</summary>
    public required string TargetSyntax { get; init; }
}

/// <summary>A thing that a program can be attached to.</summary>
/// <param name="Name">As it is written after the attach point's name.</param>
public sealed record AttachTarget(string Name, string Description = "");

/// <summary>A source of events: kernel tracepoints, timers, what happens inside .NET.</summary>
public interface IAttachPoint
{
    AttachPointDescriptor Descriptor { get; }

    /// <summary>The targets that exist here and now, sorted by name; findings where they cannot be listed.</summary>
    Result<IReadOnlyList<AttachTarget>> ListTargets();

    /// <summary>Starts to deliver the target's events to the program. When it returns findings, nothing is left behind.</summary>
    Result<Link> Attach(AttachRequest request);
}

/// <summary>A wish to attach.</summary>
/// <param name="Program">Its type is one of the attach point's.</param>
/// <param name="Target">As the user wrote it.</param>
public sealed record AttachRequest(Programs.LoadedProgram Program, string Target);
