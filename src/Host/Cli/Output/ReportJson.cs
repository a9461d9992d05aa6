using System.Text.Json;

namespace Skep.Cli.Output;

/// <summary>Writes reports as JSON.</summary>
internal static class ReportJson
{
    public static void Write(Utf8JsonWriter json, Report report)
    {
        if (report.Parts is [{ Key: "" } only])
        {
            WritePart(json, only);
            return;
        }

        json.WriteStartObject();
        foreach (ReportPart part in report.Parts)
        {
            if (part is ReportFields { Key: "" } merged)
            {
                WriteFields(json, merged);
            }
            else
            {
                json.WritePropertyName(part.Key);
                WritePart(json, part);
            }
        }

        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, ReportPart part)
    {
        switch (part)
        {
            case ReportFields fields:
                json.WriteStartObject();
                WriteFields(json, fields);
                json.WriteEndObject();
                break;
            case ReportTable table:
                WriteRows(json, table);
                break;
            case ReportObject { Content: { } content }:
                Write(json, content);
                break;
            case ReportObject:
                json.WriteNullValue();
                break;
            case ReportList list:
                json.WriteStartArray();
                foreach (Report item in list.Items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
        }
    }

    private static void WriteFields(Utf8JsonWriter json, ReportFields fields)
    {
        foreach (ReportField field in fields.Fields)
        {
            json.WritePropertyName(field.Key);
            field.Value.Json(json);
        }
    }

    private static void WriteRows(Utf8JsonWriter json, ReportTable table)
    {
        json.WriteStartArray();
        foreach (var row in table.Rows)
        {
            json.WriteStartObject();
            for (int column = 0; column < row.Length; column++)
            {
                if (table.Columns[column].Key.Length == 0)
                {
                    continue;
                }

                json.WritePropertyName(table.Columns[column].Key);
                row[column].Json(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
