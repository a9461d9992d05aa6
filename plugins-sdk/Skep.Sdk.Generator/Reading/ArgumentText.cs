using Microsoft.CodeAnalysis;
using static Skep.Sdk.Reading.ContractNames;

namespace Skep.Sdk.Reading;

/// <summary>Writes the expression that makes a HelperArgument.</summary>
internal static class ArgumentText
{
    /// <param name="fixedSize">An expression; null where the size is not fixed.</param>
    /// <param name="cType">Null for what the kind has.</param>
    public static string Of(IParameterSymbol parameter, AttributeData? attribute, string kind, string? fixedSize = null, string? cType = null, bool isUninitialized = false)
    {
        List<string> flags = [];
        AddIf(flags, attribute.Get("MaybeNull", false), "MaybeNull");
        AddIf(flags, isUninitialized || attribute.Get("Uninitialized", false), "Uninitialized");
        AddIf(flags, attribute.Get("Releases", false), "Releases");
        List<string> members = [];
        AddIf(members, fixedSize is not null, $"FixedSize = {fixedSize}");
        AddIf(members, attribute.EnumText("Operations") is not null, $"Operations = {attribute.EnumText("Operations")}");
        AddText(members, "ObjectType", attribute.Get<string?>("ObjectType", null));
        AddText(members, "CType", attribute.Get("CType", cType));
        AddIf(members, kind == ArgumentKinds.Function && attribute.Has("CallbackArguments"), $"Callback = {Callback(attribute)}");
        return New(kind, NameOf(parameter, attribute), flags, members);
    }

    public static string Size(IParameterSymbol parameter, AttributeData? attribute)
    {
        bool mayBeZero = attribute.Get("MaybeEmpty", false) || attribute.Get("MaybeNull", false);
        return New(mayBeZero ? "SizeOrZero" : "Size", attribute.Get("SizeName", NameOf(parameter, attribute) + "_size"), [], []);
    }

    public static string NameOf(IParameterSymbol parameter, AttributeData? attribute) => attribute.Get("Name", Names.ToC(parameter.Name));

    private static string New(string kind, string name, List<string> flags, List<string> members)
    {
        string text = $"new {Global}HelperArgument({Global}HelperArgumentKind.{kind}, {Attributes.Literal(name)}";
        text += flags.Count == 0 ? ")" : $", {string.Join(" | ", flags.Select(flag => $"{Global}HelperArgumentFlags.{flag}"))})";
        return members.Count == 0 ? text : $"{text} {{ {string.Join(", ", members)} }}";
    }

    private static string Callback(AttributeData? attribute)
        => $"new {Global}CallbackDescriptor([{string.Join(", ", attribute.Elements("CallbackArguments").Select(Attributes.EnumText))}]) {{ CountArgument = {attribute.Get("CountArgument", -1)} }}";

    private static void AddIf(List<string> list, bool condition, string text)
    {
        if (condition)
        {
            list.Add(text);
        }
    }

    private static void AddText(List<string> members, string name, string? value) => AddIf(members, value is not null, $"{name} = {Attributes.Literal(value ?? "")}");
}
