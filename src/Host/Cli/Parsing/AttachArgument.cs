namespace Skep.Cli.Parsing;

/// <summary><c>POINT:TARGET</c>; the target may hold further colons.</summary>
internal sealed record AttachArgument(string Point, string Target)
{
    /// <returns>Null when either part is missing.</returns>
    public static AttachArgument? TryParse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < text.Length - 1 ? new AttachArgument(text[..colon], text[(colon + 1)..]) : null;
    }

    public override string ToString() => $"{Point}:{Target}";
}
