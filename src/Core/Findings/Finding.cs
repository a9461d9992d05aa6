using System.Text;

namespace Skep.Findings;

/// <summary>One thing that is wrong with an input: which rule, where, what (actual, expected, unit) and the way out.</summary>
public sealed record Finding(Rule Rule, Severity Severity, Place Place, string Message)
{
    /// <summary>What to do about it, in one sentence.</summary>
    public string Remedy { get; init; } = Rule.Remedy;

    /// <summary>For a program that the verifier refused: what it knew and how it came there.</summary>
    public Explanation? Explanation { get; init; }

    public bool IsError => Severity == Severity.Error;

    /// <summary>The finding as people read it: <c>place: error SKEP3004: message</c>, the instruction and source line, the remedy.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        string place = Place.ToString();
        if (place.Length > 0)
        {
            text.Append(place).Append(": ");
        }

        text.Append(IsError ? "error " : "warning ").Append(Rule.Id).Append(": ").Append(Message);
        if (Place.Instruction is { } instruction)
        {
            text.Append("\n    ").Append(instruction);
        }

        if (Place.Source is { Text.Length: > 0 } source)
        {
            text.Append("\n    ; ").Append(source.Text.Trim());
        }

        if (Explanation?.StricterThanLinux is { } linux)
        {
            text.Append("\n    Linux would accept this: ").Append(linux);
        }

        return Remedy.Length == 0 ? text.ToString() : text.Append("\n    ").Append(Remedy).ToString();
    }
}
