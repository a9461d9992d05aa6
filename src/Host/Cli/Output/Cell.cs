using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Skep.Btf;
using Skep.Btf.Formatting;

namespace Skep.Cli.Output;

/// <summary>One value of a report, in both of its forms.</summary>
/// <param name="Text">For people.</param>
/// <param name="Json">For tools: writes exactly one JSON value.</param>
internal sealed record Cell(string Text, Action<Utf8JsonWriter> Json)
{
    public static readonly Cell None = new("", static json => json.WriteNullValue());

    /// <summary>Nothing, in a column of numbers.</summary>
    public static readonly Cell NoNumber = None with { IsNumber = true };

    /// <summary>Numbers stand right.</summary>
    public bool IsNumber { get; private init; }

    public static Cell Of(string? text) => text is null ? None : new(text, json => json.WriteStringValue(text));

    public static Cell Of(long number, string unit = "")
        => new(number.ToString(CultureInfo.InvariantCulture) + unit, json => json.WriteNumberValue(number)) { IsNumber = true };

    public static Cell Of(ulong number, string text) => new(text, json => json.WriteNumberValue(number)) { IsNumber = true };

    public static Cell Of(double number, string text) => new(text, json => json.WriteNumberValue(number)) { IsNumber = true };

    /// <summary>For people only: what a drawing shows is in other columns.</summary>
    public static Cell Drawing(string text) => new(text, static json => json.WriteNullValue());

    public static Cell Of(bool value) => new(value ? "yes" : "no", json => json.WriteBooleanValue(value));

    public static Cell Of(ImmutableArray<string> values) => new(string.Join(", ", values), json =>
    {
        json.WriteStartArray();
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    });

    /// <summary>A value's bytes by their type; in hexadecimal where the type is not known.</summary>
    public static Cell Of(BtfGraph? btf, BtfTypeId? type, byte[] value)
    {
        if (btf is null || type is not { } known)
        {
            return Hexadecimal(value);
        }

        var formatter = new BtfFormatter(btf);
        return new Cell(formatter.ToText(known, value), json => formatter.WriteJson(json, known, value));
    }

    public static Cell Hexadecimal(byte[] value)
    {
        string text = string.Join(' ', value.Select(part => part.ToString("x2", CultureInfo.InvariantCulture)));
        return new Cell(text, json => json.WriteStringValue(text));
    }
}
