using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Skep.Sdk.Model;
using Skep.Sdk.Problems;
using static Skep.Sdk.Reading.ContractNames;

namespace Skep.Sdk.Reading;

/// <summary>Makes a helper from a method.</summary>
internal static class HelperReader
{
    /// <param name="index">In its set, for the stub's name.</param>
    /// <returns>Null where something cannot be expressed, which is reported.</returns>
    public static HelperModel? Read(IMethodSymbol method, AttributeData attribute, int index, Action<Problem> report)
    {
        string name = attribute.Text();
        bool isWhole = true;
        if (!Names.IsHelper(name, attribute.Get("Number", 0) > 0))
        {
            string way = attribute.Get("Number", 0) != 0
                ? "a number is for the kernel's own helpers, which have the kernel's names; leave it out of yours"
                : "use a qualified name in lower case, such as 'acme.geo/country'";
            report(new Problem(Rules.BadName, attribute.Place(method), name, "helper", way));
            isWhole = false;
        }

        if (WhyNotPlain(method) is { } reason)
        {
            report(new Problem(Rules.NotPlain, method.Locations.FirstOrDefault(), method.Name, reason));
            return null;
        }

        bool serves = attribute.Elements("ProgramTypes").Count > 0;
        IReadOnlyList<ArgumentCode>? arguments = new ParameterReader(method, serves, report).ReadAll();
        bool hasMap = method.Parameters.Any(parameter => parameter.Type.IsContract("MapRef") || parameter.Find(ArgumentAttribute).Kind() == ArgumentKinds.ConstMap);
        ResultCode? result = ResultReader.Read(method, hasMap, report);
        if (!isWhole || arguments is null || result is null)
        {
            return null;
        }

        string call = $"{Escaped(method.Name)}({string.Join(", ", arguments.Select(argument => argument.Value))})";
        return new HelperModel(
            Attributes.Literal(name),
            Descriptor(name, attribute, arguments, result),
            $"__Helper{index}_{method.Name}",
            new([.. result.Statements.Select(statement => statement.Replace("{0}", call))]));
    }

    private static string? WhyNotPlain(IMethodSymbol method) => method switch
    {
        { IsGenericMethod: true } => "generic",
        { IsAbstract: true } => "abstract",
        { IsAsync: true } => "asynchronous, and a program waits for no task",
        { IsPartialDefinition: true, PartialImplementationPart: null } or { IsExtern: true } => "without a body of its own",
        { MethodKind: not MethodKind.Ordinary } => "no ordinary method",
        { IsVararg: true } => "of variable arguments",
        _ => null,
    };

    private static string Descriptor(string name, AttributeData attribute, IReadOnlyList<ArgumentCode> arguments, ResultCode result)
    {
        List<string> members = [];
        if (attribute.Get("Number", 0) is > 0 and int number)
        {
            members.Add($"Number = new global::Skep.Programs.HelperNumber({number})");
        }

        members.Add($"Description = {Attributes.Literal(attribute.Get("Description", ""))}");
        members.Add($"Arguments = [{string.Join(", ", arguments.SelectMany(argument => argument.Descriptors))}]");
        members.Add($"Result = {result.Descriptor}");
        foreach (string flag in (string[])["IsGplOnly", "InvalidatesPackets", "IsTailCall"])
        {
            if (attribute.Get(flag, false))
            {
                members.Add($"{flag} = true");
            }
        }

        if (arguments.Any(argument => argument.IsVariadic))
        {
            members.Add("IsVariadic = true");
        }

        if (attribute.EnumText("Lock") is { } lockEffect)
        {
            members.Add($"Lock = {lockEffect}");
        }

        IEnumerable<string> types = attribute.Elements("ProgramTypes").Select(type => Attributes.Literal(type.Value as string ?? ""));
        if (types.Any())
        {
            members.Add($"ProgramTypes = [{string.Join(", ", types)}]");
        }

        return $"new {Global}HelperDescriptor({Attributes.Literal(name)}) {{ {string.Join(", ", members)} }}";
    }

    private static string Escaped(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
