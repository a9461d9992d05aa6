using System.Globalization;
using Skep.Programs;

namespace Skep.Findings;

/// <summary>Where a finding is; every part is optional, and what is known is said.</summary>
public sealed record Place
{
    /// <summary>The place of a thing that has none.</summary>
    public static readonly Place Nowhere = new();

    /// <summary>The file as the caller named it.</summary>
    public string? File { get; init; }

    /// <summary>The ELF section.</summary>
    public string? Section { get; init; }

    /// <summary>Distance from the start of the file, or of <see cref="Section"/> where that is given, in bytes.</summary>
    public long? ByteOffset { get; init; }

    /// <summary>The program (its main function's name) or the map.</summary>
    public string? Object { get; init; }

    /// <summary>The instruction slot within the program.</summary>
    public SlotIndex? Slot { get; init; }

    /// <summary>The instruction as the dump prints it.</summary>
    public string? Instruction { get; init; }

    /// <summary>The C line that the instruction came from.</summary>
    public SourceLine? Source { get; init; }

    /// <summary>The plugin.</summary>
    public string? Plugin { get; init; }

    public override string ToString()
    {
        var parts = new List<string>(6);
        Add(File);
        Add(Plugin is null ? null : $"plugin {Plugin}");
        Add(Section is null ? null : $"section {Section}");
        Add(ByteOffset is { } offset ? $"byte {offset.ToString(CultureInfo.InvariantCulture)}" : null);
        Add(Object);
        Add(Slot is { } slot ? $"insn {slot.Value.ToString(CultureInfo.InvariantCulture)}" : null);
        Add(Source is { } source ? $"{source.File}:{source.Line.ToString(CultureInfo.InvariantCulture)}" : null);
        return string.Join(": ", parts);

        void Add(string? part)
        {
            if (!string.IsNullOrEmpty(part))
            {
                parts.Add(part);
            }
        }
    }
}
