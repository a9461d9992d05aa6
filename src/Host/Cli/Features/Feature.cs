using System.Collections.Immutable;
using Skep.Cli.Output;
using Skep.Findings;

namespace Skep.Cli.Features;

/// <summary>Something that works here or does not.</summary>
/// <param name="Detail">What there is, or what is missing.</param>
/// <param name="Remedy">Empty for what works.</param>
internal sealed record Feature(string Name, bool Works, string Detail, string Remedy = "")
{
    public static Feature Of(string name, string detail, Finding? obstacle)
        => obstacle is null ? new Feature(name, Works: true, detail) : new Feature(name, Works: false, obstacle.Message, obstacle.Remedy);

    public ImmutableArray<Cell> ToRow() => [Cell.Of(Name), Cell.Of(Works), Cell.Of(Detail), Cell.Of(Remedy)];
}
