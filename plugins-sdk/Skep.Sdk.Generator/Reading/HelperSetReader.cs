using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Skep.Sdk.Model;
using Skep.Sdk.Problems;
using static Skep.Sdk.Reading.ContractNames;

namespace Skep.Sdk.Reading;

/// <summary>Makes a helper set from a class: for the generator, which takes what is whole, and for the analyzer, which tells what is not.</summary>
internal static class HelperSetReader
{
    /// <returns>Null where nothing can be generated, which is reported.</returns>
    public static HelperSetModel? Read(INamedTypeSymbol type, AttributeData attribute, Action<Problem> report)
    {
        string name = attribute.Text();
        if (!Names.IsSet(name))
        {
            report(new Problem(Rules.BadName, attribute.Place(type), name, "helper set", "use words of lower-case letters, digits and '_', joined by '.', such as 'acme.geo'"));
        }

        if (WhyNotCreated(type) is { } reason)
        {
            report(new Problem(Rules.BadSetClass, type.Locations.FirstOrDefault(), type.Name, reason));
            return null;
        }

        TypePlace? place = TypePlaces.Of(type, "helpers", report);
        List<(IMethodSymbol Method, AttributeData Attribute)> methods =
            [.. type.GetMembers().OfType<IMethodSymbol>().Select(method => (method, method.Find(HelperAttribute)!)).Where(pair => pair.Item2 is not null)];
        if (methods.Count == 0)
        {
            report(new Problem(Rules.NoHelpers, type.Locations.FirstOrDefault(), type.Name));
        }

        CheckTogether(methods, report);
        List<HelperModel> helpers = [];
        foreach ((IMethodSymbol method, AttributeData helper) in methods)
        {
            // One of a name is enough to compile what is there while the source is being mended.
            if (HelperReader.Read(method, helper, helpers.Count, report) is { } model && !helpers.Exists(other => other.Name == model.Name))
            {
                helpers.Add(model);
            }
        }

        return place is null ? null : new HelperSetModel(place, Attributes.Literal(name), new(helpers.ToImmutableArray()));
    }

    private static string? WhyNotCreated(INamedTypeSymbol type) => type switch
    {
        { IsStatic: true } => "static",
        { IsAbstract: true } => "abstract",
        { IsGenericType: true } => "generic",
        { ContainingType.IsGenericType: true } => "inside a generic type",
        _ => null,
    };

    private static void CheckTogether(List<(IMethodSymbol Method, AttributeData Attribute)> methods, Action<Problem> report)
    {
        Dictionary<string, string> names = [];
        Dictionary<int, string> numbers = [];
        foreach ((IMethodSymbol method, AttributeData attribute) in methods)
        {
            string name = attribute.Text();
            string identifier = Names.CIdentifier(name);
            if (names.TryGetValue(identifier, out string other))
            {
                report(new Problem(Rules.DuplicateName, attribute.Place(method), name, other, identifier));
            }

            int number = attribute.Get("Number", 0);
            if (number > 0 && numbers.TryGetValue(number, out string holder))
            {
                report(new Problem(Rules.DuplicateNumber, attribute.Place(method), name, holder, number));
            }

            names[identifier] = name;
            numbers[number] = name;
        }

        foreach ((IMethodSymbol method, AttributeData attribute) in methods)
        {
            string? release = method.GetReturnTypeAttributes().Find(ResultAttribute).Get<string?>("ReleasedBy", null);
            if (release is not null && !methods.Exists(pair => pair.Attribute.Text() == release))
            {
                report(new Problem(Rules.UnknownRelease, method.Locations.FirstOrDefault(), attribute.Text(), release));
            }
        }
    }
}
