using System.Collections.Immutable;
using System.Globalization;
using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Hosting.Manifest;

/// <summary>What a plugin is and adds, as data: the same that the command lists, the documentation shows and the C header declares.</summary>
/// <param name="Origin">The assembly file; null for plugins of the process itself.</param>
/// <param name="Providers">In the order of their registration.</param>
public sealed record PluginManifest(string Name, Version Version, string Description, string? Origin, ImmutableArray<ProviderEntry> Providers)
{
    /// <summary>Of descriptors, which are the core's own data and keep nothing of the plugin.</summary>
    /// <param name="descriptors">As <see cref="DescriptorOf"/> gives them.</param>
    internal static PluginManifest Of(PluginInfo info, string? origin, IEnumerable<object> descriptors)
        => new(info.Name, info.Version, info.Description, origin, [.. descriptors.Select(ProviderEntries.Of)]);

    /// <summary>The descriptor of a provider of any kind; throws what the provider throws.</summary>
    internal static object DescriptorOf(object provider) => provider switch
    {
        IProgramType type => (object)type.Descriptor,
        IHelperSet set => set.Descriptor,
        IMapType type => type.Descriptor,
        IAttachPoint point => point.Descriptor,
        IJitBackend backend => backend.Descriptor,
        _ => throw new ArgumentException($"{provider.GetType()} implements none of the five contracts."),
    } ?? throw new InvalidOperationException($"the descriptor of {provider.GetType()} is null");
}

/// <summary>A provider of a plugin.</summary>
/// <param name="Number">The kernel's number; null where there is none.</param>
/// <param name="Details">What else its descriptor says, in a fixed order.</param>
/// <param name="Helpers">The helpers of a helper set; empty for other kinds.</param>
public sealed record ProviderEntry(
    ProviderKind Kind,
    string Name,
    int? Number,
    string Description,
    ImmutableArray<ManifestDetail> Details,
    ImmutableArray<HelperEntry> Helpers);

/// <summary>A helper of a set.</summary>
/// <param name="Prototype">As C declares it, without the semicolon.</param>
public sealed record HelperEntry(string Name, int? Number, string Prototype, string Description, bool IsGplOnly);

/// <summary>One line about a provider: <c>key size: 4</c>.</summary>
public sealed record ManifestDetail(string Name, string Value);

/// <summary>Turns descriptors into entries: one method a kind.</summary>
internal static class ProviderEntries
{
    public static ProviderEntry Of(object descriptor) => descriptor switch
    {
        ProgramTypeDescriptor type => Of(type),
        HelperSetDescriptor set => Of(set),
        MapTypeDescriptor type => Of(type),
        AttachPointDescriptor point => Of(point),
        JitBackendDescriptor backend => Of(backend),
        _ => throw new ArgumentException($"{descriptor.GetType()} is none of the five descriptors."),
    };

    private static ProviderEntry Of(ProgramTypeDescriptor type) => new(
        ProviderKind.ProgramType,
        type.Name,
        type.Number is { } number ? (int)number.Value : null,
        type.Description,
        Details(
            ("sections", string.Join(", ", type.Sections.Select(section => section.Prefix))),
            ("context", DescribeContext(type.Context)),
            ("returns", type.Returns == ReturnRange.Any ? "any value" : Invariant($"{type.Returns.Minimum}..{type.Returns.Maximum}")),
            ("helper sets", type.HelperSets.IsEmpty ? "all" : string.Join(", ", type.HelperSets)),
            ("attach points", string.Join(", ", type.Sections.Select(section => section.AttachPoint).OfType<string>().Distinct()))),
        []);

    private static ProviderEntry Of(HelperSetDescriptor set) => new(
        ProviderKind.HelperSet,
        set.Name,
        null,
        $"{set.Helpers.Length} helper{(set.Helpers.Length == 1 ? "" : "s")}",
        [],
        [.. set.Helpers.Select(helper => new HelperEntry(
            helper.Name, helper.Number is { } number ? (int)number.Value : null, HelperPrototype.Of(helper), helper.Description, helper.IsGplOnly))]);

    private static ProviderEntry Of(MapTypeDescriptor type) => new(
        ProviderKind.MapType,
        type.Name,
        type.Number is { } number ? (int)number.Value : null,
        type.Description,
        Details(
            ("key size", Bytes(type.KeySize)),
            ("value size", Bytes(type.ValueSize)),
            ("max entries", Invariant($"{type.MaxEntries}")),
            ("flags", type.AllowedFlags == 0 ? "" : Invariant($"0x{type.AllowedFlags:x}")),
            ("operations", type.Operations.ToString()),
            ("per CPU", type.IsPerCpu ? "yes" : ""),
            ("values are maps", type.HoldsMaps ? "yes" : "")),
        []);

    private static ProviderEntry Of(AttachPointDescriptor point) => new(
        ProviderKind.AttachPoint,
        point.Name,
        null,
        point.Description,
        Details(("target", point.TargetSyntax), ("program types", string.Join(", ", point.ProgramTypes))),
        []);

    private static ProviderEntry Of(JitBackendDescriptor backend) => new(
        ProviderKind.JitBackend,
        backend.Name,
        null,
        backend.Description,
        Details(
            ("architecture", backend.Architecture is { } architecture ? architecture.ToString() : "any"),
            ("preference", Invariant($"{backend.Preference}"))),
        []);

    private static string DescribeContext(ContextLayout context)
        => context.Size == 0 ? "opaque"
            : context.Fields.IsEmpty ? Invariant($"a record of at most {context.Size} bytes")
            : Invariant($"{context.Size} bytes: {string.Join(", ", context.Fields.Select(field => field.Name))}");

    private static string Bytes(SizeRule rule) => rule == SizeRule.Zero ? "none" : Invariant($"{rule} bytes");

    /// <summary>The details that say something.</summary>
    private static ImmutableArray<ManifestDetail> Details(params ReadOnlySpan<(string Name, string Value)> details)
    {
        var kept = ImmutableArray.CreateBuilder<ManifestDetail>(details.Length);
        foreach ((string name, string value) in details)
        {
            if (value.Length > 0)
            {
                kept.Add(new ManifestDetail(name, value));
            }
        }

        return kept.DrainToImmutable();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
