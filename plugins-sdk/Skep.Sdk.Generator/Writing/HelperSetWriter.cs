using Skep.Sdk.Model;
using static Skep.Sdk.Reading.ContractNames;

namespace Skep.Sdk.Writing;

/// <summary>Writes what makes a class an IHelperSet.</summary>
internal static class HelperSetWriter
{
    private const string Registers = "ulong r1, ulong r2, ulong r3, ulong r4, ulong r5";

    public static string Write(HelperSetModel set)
    {
        SourceText text = SourceText.Begin(set.Place, $" : {Global}IHelperSet");
        text.Line($"private static readonly {Global}HelperSetDescriptor __SetDescriptor = new(").Line($"    {set.Name},").Line("    [");
        foreach (HelperModel helper in set.Helpers)
        {
            text.Line($"        {helper.Descriptor},");
        }

        text.Line("    ]);").Line("");
        text.Line("/// <inheritdoc/>").Line($"public {Global}HelperSetDescriptor Descriptor => __SetDescriptor;").Line("");
        text.Line("/// <inheritdoc/>").Open($"public {Global}HelperFunction GetFunction({Global}HelperDescriptor helper)");
        text.Line("global::System.ArgumentNullException.ThrowIfNull(helper);").Open("return helper.Name switch");
        foreach (HelperModel helper in set.Helpers)
        {
            text.Line($"{helper.Name} => {helper.Stub},");
        }

        text.Line("_ => throw new global::System.Collections.Generic.KeyNotFoundException(\"This set has no helper '\" + helper.Name + \"'.\"),").Close("};").Close();

        // All of the instance, static helpers too: a delegate of a static method is reached through one jump more.
        foreach (HelperModel helper in set.Helpers)
        {
            text.Line("").Open($"private ulong {helper.Stub}({Global}Invocation* invocation, {Registers})");
            foreach (string statement in helper.Body)
            {
                text.Line(statement);
            }

            text.Close();
        }

        return text.End();
    }
}
