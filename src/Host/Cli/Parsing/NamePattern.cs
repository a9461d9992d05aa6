using System.IO.Enumeration;

namespace Skep.Cli.Parsing;

/// <summary>What a list is narrowed to: a glob (<c>*</c>, <c>?</c>), or a part of the name where the text has none of those.</summary>
internal sealed class NamePattern(string? text)
{
    private readonly string _glob = text is null ? "*" : text.AsSpan().ContainsAny('*', '?') ? text : $"*{text}*";

    public bool Matches(string name) => FileSystemName.MatchesSimpleExpression(_glob, name, ignoreCase: false);
}
