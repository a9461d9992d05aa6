using System.Text;
using System.Text.RegularExpressions;

namespace Skep.Sdk.Reading;

/// <summary>Names of providers, and of things in C.</summary>
internal static class Names
{
    private static readonly Regex Set = new("^[a-z][a-z0-9_]*([.-][a-z0-9_]+)*$", RegexOptions.CultureInvariant);
    private static readonly Regex Qualified = new("^[a-z][a-z0-9_]*([.-][a-z0-9_]+)*/[a-z][a-z0-9_]*$", RegexOptions.CultureInvariant);
    private static readonly Regex Kernel = new("^[a-z_][a-z0-9_]*$", RegexOptions.CultureInvariant);
    private static readonly Regex Identifier = new("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant);

    private static readonly HashSet<string> Keywords =
    [
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long",
        "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
    ];

    public static bool IsSet(string name) => Set.IsMatch(name);

    /// <summary>A qualified name, or one of the kernel's: those have a number, or begin as the kernel's functions do.</summary>
    public static bool IsHelper(string name, bool hasNumber)
        => hasNumber ? Kernel.IsMatch(name) : Qualified.IsMatch(name) || (Kernel.IsMatch(name) && name.StartsWith("bpf_", StringComparison.Ordinal));

    public static bool IsIdentifier(string name) => Identifier.IsMatch(name) && !Keywords.Contains(name);

    /// <summary>How C calls a helper, as HelperDescriptor.CIdentifier.</summary>
    public static string CIdentifier(string name) => new([.. name.Select(letter => letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') ? letter : '_')]);

    /// <summary>A C# name in C's spelling: <c>maxLength</c> becomes <c>max_length</c>, <c>@default</c> <c>default_</c>.</summary>
    public static string ToC(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            char letter = name[i];
            bool startsWord = char.IsUpper(letter) && i > 0 && name[i - 1] != '_' && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            text.Append(startsWord ? "_" : "").Append(letter is < (char)128 && (char.IsLetterOrDigit(letter) || letter == '_') ? char.ToLowerInvariant(letter) : '_');
        }

        string c = text.ToString();
        return Keywords.Contains(c) ? c + "_" : c;
    }
}
