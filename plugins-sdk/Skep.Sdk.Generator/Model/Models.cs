namespace Skep.Sdk.Model;

/// <summary>Where generated members go.</summary>
/// <param name="Namespace">Empty for none.</param>
/// <param name="Containers">The declarations of the types around it, outermost first.</param>
/// <param name="Declaration">Its own, such as <c>partial class GeoHelpers</c>.</param>
/// <param name="FileName">Unique in the compilation.</param>
internal sealed record TypePlace(string Namespace, EquatableArray<string> Containers, string Declaration, string FileName);

/// <summary>A helper set, as text.</summary>
/// <param name="Name">As a C# literal.</param>
internal sealed record HelperSetModel(TypePlace Place, string Name, EquatableArray<HelperModel> Helpers);

/// <summary>A helper, as text.</summary>
/// <param name="Name">As a C# literal.</param>
/// <param name="Descriptor">The expression that makes its descriptor.</param>
/// <param name="Stub">The name of its entry stub.</param>
/// <param name="Body">The statements of the stub.</param>
internal sealed record HelperModel(string Name, string Descriptor, string Stub, EquatableArray<string> Body);

/// <summary>A program type's context, as text.</summary>
/// <param name="Fields">The expressions that make its fields.</param>
internal sealed record ContextModel(TypePlace Place, string StructName, string TypeName, int HostSize, EquatableArray<string> Fields);
