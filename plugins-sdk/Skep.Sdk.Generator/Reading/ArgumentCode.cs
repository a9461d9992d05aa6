namespace Skep.Sdk.Reading;

/// <summary>A parameter, read.</summary>
/// <param name="Descriptors">The expressions that make its arguments: one, two for a span, none for what is no argument.</param>
/// <param name="Registers">How many registers it takes.</param>
/// <param name="Value">What the stub passes.</param>
internal sealed record ArgumentCode(IReadOnlyList<string> Descriptors, int Registers, string Value)
{
    public bool IsMap { get; init; }

    public bool IsVariadic { get; init; }
}

/// <summary>The kinds of HelperArgumentKind, by what of C# can hold them.</summary>
internal static class ArgumentKinds
{
    public const string Anything = "Anything";
    public const string ConstMap = "ConstMap";
    public const string MapKey = "MapKey";
    public const string MapValue = "MapValue";
    public const string ReadableMemory = "ReadableMemory";
    public const string WritableMemory = "WritableMemory";
    public const string Context = "Context";
    public const string ConstString = "ConstString";
    public const string Function = "Function";
    public const string Iterator = "Iterator";

    public static bool IsSize(string? kind) => kind is "Size" or "SizeOrZero";

    /// <summary>Numbers, which any integer can hold.</summary>
    public static bool IsNumber(string kind) => kind is Anything or "AllocationSize" || IsSize(kind);

    public static bool IsMemory(string kind) => kind is ReadableMemory or WritableMemory;

    public static bool IsOfMap(string kind) => kind is MapKey or MapValue;

    /// <summary>What <c>in</c>, <c>ref</c> and <c>out</c> can be.</summary>
    public static bool FitsReference(string kind) => !IsNumber(kind) && kind is not (ConstMap or Function or ConstString or "StackOrNull");

    public static bool FitsSpan(string kind, bool isReadOnly) => isReadOnly ? kind is ReadableMemory or ConstString || IsOfMap(kind) : kind is WritableMemory or MapValue;
}
