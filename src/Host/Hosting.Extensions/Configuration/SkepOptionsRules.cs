using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Skep.Runtime;

namespace Skep.Hosting.Configuration;

/// <summary>What must be true of options; every problem is told at once.</summary>
internal sealed class SkepOptionsRules : IValidateOptions<SkepOptions>
{
    public ValidateOptionsResult Validate(string? name, SkepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> problems =
        [
            .. Blank(nameof(options.PluginFolders), options.PluginFolders),
            .. Blank(nameof(options.PluginFiles), options.PluginFiles),
            .. Blank(nameof(options.AllowHelpers), options.AllowHelpers ?? []),
            .. options.Without.Concat(options.Prefer.Keys).Where(text => !TryParse(text, out _))
                .Select(text => $"\"{text}\" is no provider; expected KIND:NAME, KIND one of {string.Join(", ", Enum.GetValues<ProviderKind>().Select(ProviderKey.KindName))}"),
            .. options.Prefer.Where(preference => string.IsNullOrWhiteSpace(preference.Value)).Select(preference => $"Prefer says no plugin for {preference.Key}"),
            .. options.Objects.Where(item => string.IsNullOrWhiteSpace(item.File)).Select(_ => "an entry of Objects has no File"),
            .. options.Objects.SelectMany(item => item.Attach).Where(attach => !IsTarget(attach.Value))
                .Select(attach => $"program {attach.Key} is attached to \"{attach.Value}\"; expected POINT:TARGET"),
        ];
        string runtime = string.IsNullOrEmpty(name) ? SkepBuilder.DefaultName : name;
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Select(problem => $"Skep runtime {runtime}: {problem}."));
    }

    /// <summary>Reads <c>map-type:hash</c>, or <c>map-type/hash</c> as a key of configuration has it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ProviderKey? key)
    {
        int end = text.IndexOfAny([':', '/']);
        key = null;
        foreach (ProviderKind kind in Enum.GetValues<ProviderKind>())
        {
            if (end > 0 && end < text.Length - 1 && text[..end] == ProviderKey.KindName(kind))
            {
                key = new ProviderKey(kind, text[(end + 1)..]);
            }
        }

        return key is not null;
    }

    private static bool IsTarget(string? text) => text?.IndexOf(':', StringComparison.Ordinal) is > 0 and { } colon && colon < text.Length - 1;

    private static IEnumerable<string> Blank(string key, IEnumerable<string> values)
        => values.Any(string.IsNullOrWhiteSpace) ? [$"an entry of {key} is empty"] : [];
}
