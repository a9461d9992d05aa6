using Skep.Sdk.Model;
using static Skep.Sdk.Reading.ContractNames;

namespace Skep.Sdk.Writing;

/// <summary>Writes a struct's ContextLayout. Offsets are measured, not calculated: whatever the compiler lays out is what programs see.</summary>
internal static class ContextWriter
{
    private const string Field = Global + "ContextField";

    public static string Write(ContextModel context)
    {
        SourceText text = SourceText.Begin(context.Place, "");
        text.Line("/// <summary>The struct as the verifier, the loader and the documentation see it.</summary>");
        text.Line($"public static {Global}ContextLayout Layout {{ get; }} = __MakeLayout();").Line("");
        text.Open($"private static {Global}ContextLayout __MakeLayout()");
        text.Line($"{context.StructName} value = default;").Line($"{context.StructName}* place = &value;").Line($"{Field}[] fields =").Line("[");
        foreach (string field in context.Fields)
        {
            text.Line($"    {field},");
        }

        text.Line("];");
        text.Line("global::System.Array.Sort(fields, static (one, other) => one.Offset.CompareTo(other.Offset));").Line("int end = 0;");
        text.Open($"foreach ({Field} field in fields)").Line("end = global::System.Math.Max(end, field.Offset + field.Size);").Close().Line("");
        text.Line("// What programs see ends with its last field, up to the alignment of a register.");
        text.Open($"return new {Global}ContextLayout");
        text.Line($"TypeNames = [{context.TypeName}],").Line($"Size = global::System.Math.Min((end + 7) & ~7, sizeof({context.StructName})),");
        text.Line($"HostSize = {context.HostSize},").Line("Fields = [.. fields],").Close("};");
        return text.End();
    }
}
