using Skep.Contracts;
using Skep.Programs;

namespace Skep.Testing;

/// <summary>A map that helpers under test are given.</summary>
/// <param name="Type">Of the map; the tests make a new one for each engine.</param>
/// <param name="Spec">Keys and values of at most 64 bytes.</param>
public sealed record HelperMap(IMapType Type, MapSpec Spec)
{
    /// <summary>The read-only map with the text for <see cref="HelperArgumentKind.ConstString"/> arguments.</summary>
    internal const string TextName = "skep.testing.text";

    /// <summary>The fakes' own: an array of 16 values of 16 bytes.</summary>
    internal static HelperMap Array { get; } = new(new FakeArrayType(), FakeArrayType.SpecOf("skep.testing.array", 16, 16));
}
