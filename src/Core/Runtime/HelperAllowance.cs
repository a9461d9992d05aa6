using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Skep.Runtime;

/// <summary>
/// The helpers that a host lets programs call, beside what their types say. An entry is a helper's name, the name that C has for it, or the name of its set; <c>*</c> stands
/// for any text and <c>?</c> for one character.
/// </summary>
/// <param name="Entries">Empty for no helper at all.</param>
public sealed record HelperAllowance(ImmutableArray<string> Entries)
{
    /// <summary>Whether programs may call the helper of that name in that set.</summary>
    public bool Allows(Contracts.HelperDescriptor helper, string set)
    {
        ArgumentNullException.ThrowIfNull(helper);
        return Entries.Any(entry => Means(entry, helper, set));
    }

    /// <summary>What the allowance is, for messages.</summary>
    public override string ToString() => Entries.IsEmpty ? "none" : string.Join(", ", Entries);

    internal static bool Means(string entry, Contracts.HelperDescriptor helper, string set)
        => Matches(entry, helper.Name) || Matches(entry, helper.CIdentifier) || Matches(entry, set);

    // A pattern's escape character is in no name, and must not make one of two texts match both.
    private static bool Matches(string entry, string name) => FileSystemName.MatchesSimpleExpression(entry, name, ignoreCase: false);
}
