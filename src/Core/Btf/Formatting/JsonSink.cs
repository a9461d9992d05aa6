using System.Globalization;
using System.Text.Json;

namespace Skep.Btf.Formatting;

/// <summary>Writes values as JSON.</summary>
internal sealed class JsonSink(Utf8JsonWriter writer) : IBtfValueSink
{
    public void BeginStruct() => writer.WriteStartObject();

    public void Member(string name) => writer.WritePropertyName(name);

    public void EndStruct() => writer.WriteEndObject();

    public void BeginArray() => writer.WriteStartArray();

    public void EndArray() => writer.WriteEndArray();

    public void Signed(Int128 value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            writer.WriteNumberValue((long)value);
        }
        else
        {
            writer.WriteStringValue($"0x{(UInt128)value:x}");
        }
    }

    public void Unsigned(UInt128 value)
    {
        if (value <= ulong.MaxValue)
        {
            writer.WriteNumberValue((ulong)value);
        }
        else
        {
            writer.WriteStringValue($"0x{value:x}");
        }
    }

    public void Boolean(bool value) => writer.WriteBooleanValue(value);

    public void Real(double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    public void Characters(string value) => writer.WriteStringValue(value);

    public void Pointer(ulong address) => writer.WriteStringValue($"0x{address:x}");

    public void EnumName(string name) => writer.WriteStringValue(name);

    public void Nothing(string reason) => writer.WriteNullValue();
}
