using Microsoft.CodeAnalysis;

namespace Skep.Sdk.Problems;

/// <summary>What the generator cannot express; each message says the way out. Documented in docs/plugin-diagnostics.md.</summary>
internal static class Rules
{
    private const string Category = "Skep.Sdk";

    public static readonly DiagnosticDescriptor NotPartial = Error(1, "The type is not partial", "{0} gets members from the generator: declare it, and the types around it, partial");

    public static readonly DiagnosticDescriptor BadSetClass = Error(2, "The class cannot be a helper set", "{0} is {1}: make it a class that can be created, without type parameters");

    public static readonly DiagnosticDescriptor BadName = Error(3, "The name is no provider's name", "'{0}' is no name of a {1}: {2}");

    public static readonly DiagnosticDescriptor DuplicateName = Error(4, "Two helpers have one name", "'{0}' and '{1}' are both {2} in C: rename one of them");

    public static readonly DiagnosticDescriptor DuplicateNumber = Error(5, "Two helpers have one number", "'{0}' and '{1}' both have the number {2}: leave one without");

    public static readonly DiagnosticDescriptor NotPlain = Error(6, "The method cannot be a helper", "{0} is {1}: a helper is an ordinary method without type parameters that has a body");

    public static readonly DiagnosticDescriptor BadParameter = Error(7, "The parameter's type says no argument", "'{0}' cannot be an argument of a helper ({1}): {2}");

    public static readonly DiagnosticDescriptor SpanOfOthers = Error(8, "A span is not of bytes", "'{0}' has the size of its memory in bytes: take {1} and cast it with MemoryMarshal.Cast");

    public static readonly DiagnosticDescriptor TooMany = Error(9, "A helper has more than five arguments", "{0} takes {1} arguments, the most is 5, and a span takes two: put some into a struct that is taken by 'in'");

    public static readonly DiagnosticDescriptor NoRoomForSize = Error(10, "A span has no room for its size", "'{0}' would be the fifth argument, and its size the sixth: take it earlier, or memory of a fixed size by 'in', 'ref' or 'out'");

    public static readonly DiagnosticDescriptor BadResult = Error(11, "The return type says no result", "{0} returns {1}, which R0 cannot hold as it is: {2}");

    public static readonly DiagnosticDescriptor NoMap = Error(12, "A key or value belongs to no map", "'{0}' is of a map, and no MapRef comes before it: take the map first");

    public static readonly DiagnosticDescriptor ContextForAll = Error(13, "A typed context is taken from every program type", "'{0}' is the context of some program types only, and {1} serves all: say which with ProgramTypes");

    public static readonly DiagnosticDescriptor KindDoesNotFit = Error(14, "The kind of argument does not fit the parameter's type", "'{0}' is {1}, which {2} cannot hold: {3}");

    public static readonly DiagnosticDescriptor NotInSet = Warning(15, "A helper is in no helper set", "{0} is never offered: give {1} the attribute [HelperSet(\"…\")]");

    public static readonly DiagnosticDescriptor NoHelpers = Warning(16, "A helper set has no helpers", "{0} has no method with the attribute [Helper(\"…\")]");

    public static readonly DiagnosticDescriptor UnknownRelease = Error(17, "A helper is released by none of its set", "'{0}' is released by '{1}', which this set does not have");

    public static readonly DiagnosticDescriptor BadRange = Error(18, "The range of a result is empty", "{0} returns at least {1} and at most {2}: there is no such number");

    public static readonly DiagnosticDescriptor NoSize = Error(19, "The size of memory is not said", "'{0}' is memory whose size nothing says: take a span, set FixedSize, or let an argument of kind Size or SizeOrZero follow");

    public static readonly DiagnosticDescriptor BadField = Error(20, "The field cannot be of a context", "'{0}' is {1}: {2}");

    public static readonly DiagnosticDescriptor VariadicNotLast = Error(21, "A variadic parameter is not at the end", "'{0}' comes after a variadic parameter: those stand last, and are ulong");

    private static DiagnosticDescriptor Error(int number, string title, string message) => Rule(number, title, message, DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Warning(int number, string title, string message) => Rule(number, title, message, DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Rule(int number, string title, string message, DiagnosticSeverity severity)
        => new($"SKEPSDK{number:000}", title, message, Category, severity, isEnabledByDefault: true);
}
