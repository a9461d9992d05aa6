namespace Skep.Findings;

/// <summary>
/// The stable kind of a finding. <paramref name="Id"/> never changes its meaning once released, so that people can
/// search for it and tools can match it.
/// </summary>
/// <param name="Id"><c>SKEP</c> and four digits; the first digit is the area: 1 files, 2 linking, 3 verification, 4 maps, 5 plugins, 6 attaching, 7 running, 8 the command line.</param>
/// <param name="Title">What is wrong, in a few words, lower case, without particulars.</param>
/// <param name="Remedy">What the reader can do about it; one sentence.</param>
public sealed record Rule(string Id, string Title, string Remedy)
{
    /// <summary>An error of this kind at <paramref name="place"/>.</summary>
    /// <param name="message">What is wrong here: actual, expected, unit.</param>
    /// <param name="remedy">Overrides the rule's general way out where the place allows a better one.</param>
    public Finding Error(Place place, string message, string? remedy = null)
        => new(this, Severity.Error, place, message) { Remedy = remedy ?? Remedy };

    /// <summary>A warning of this kind at <paramref name="place"/>; parameters as for <see cref="Error"/>.</summary>
    public Finding Warning(Place place, string message, string? remedy = null)
        => new(this, Severity.Warning, place, message) { Remedy = remedy ?? Remedy };

    public override string ToString() => $"{Id} {Title}";
}
