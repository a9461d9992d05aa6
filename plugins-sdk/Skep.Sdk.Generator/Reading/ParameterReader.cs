using Microsoft.CodeAnalysis;
using Skep.Sdk.Problems;
using static Skep.Sdk.Reading.ContractNames;

namespace Skep.Sdk.Reading;

/// <summary>Makes arguments, and what decodes them, from the parameters of a helper.</summary>
/// <param name="serves">Whether the helper says which program types it serves.</param>
/// <param name="report">Takes what cannot be expressed.</param>
internal sealed class ParameterReader(IMethodSymbol method, bool serves, Action<Problem> report)
{
    private const string CastFix = "take ReadOnlySpan<byte> or Span<byte> for memory, a number, an unmanaged struct by 'in', 'ref' or 'out', MapRef, or Invocation*";

    private int _next = 1;
    private string? _map;

    private string Register => "r" + _next;

    /// <returns>Null where something cannot be expressed, which is reported.</returns>
    public IReadOnlyList<ArgumentCode>? ReadAll()
    {
        List<ArgumentCode> all = [];
        bool isWhole = true;
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            ArgumentCode? code = Read(parameter);
            isWhole &= code is not null;
            if (code is null)
            {
                _next++;
                continue;
            }

            if (all.Exists(earlier => earlier.IsVariadic) && !code.IsVariadic)
            {
                isWhole = Report(Rules.VariadicNotLast, parameter, parameter.Name) is not null;
            }

            _map = code.IsMap ? Register : _map;
            _next += code.Registers;
            all.Add(code);
        }

        if (isWhole && _next > 6)
        {
            IParameterSymbol last = method.Parameters[method.Parameters.Length - 1];
            bool isSpan = _next == 7 && all[all.Count - 1].Registers == 2;
            isWhole = (isSpan ? Report(Rules.NoRoomForSize, last, last.Name) : Report(Rules.TooMany, method, method.Name, _next - 1)) is not null;
        }

        return isWhole && SizesAreSaid() ? all : null;
    }

    private ArgumentCode? Read(IParameterSymbol parameter)
    {
        AttributeData? attribute = parameter.Find(ArgumentAttribute);
        string? kind = attribute.Kind();
        ITypeSymbol type = parameter.Type;
        if (!Names.IsIdentifier(ArgumentText.NameOf(parameter, attribute)))
        {
            return Report(Rules.BadName, parameter, ArgumentText.NameOf(parameter, attribute), "parameter in C", "use letters, digits and '_', and no word of C");
        }

        if (type.IsInvocationPointer() || type.IsContract("Invocation"))
        {
            return type.IsInvocationPointer() || parameter.RefKind is RefKind.Ref or RefKind.In
                ? new ArgumentCode([], 0, type.IsInvocationPointer() ? "invocation" : $"{Modifier(parameter)} *invocation")
                : Report(Rules.BadParameter, parameter, parameter.Name, type.Short(), "take Invocation*");
        }

        if (parameter.IsParams || parameter.RefKind == RefKind.RefReadOnlyParameter)
        {
            return Report(Rules.BadParameter, parameter, parameter.Name, type.Short(), "take each argument by itself, and memory by 'in'");
        }

        if (attribute.Get("IsVariadic", false))
        {
            return type.SpecialType == SpecialType.System_UInt64 && parameter.RefKind == RefKind.None
                ? new ArgumentCode([], 1, Register) { IsVariadic = true }
                : Report(Rules.VariadicNotLast, parameter, parameter.Name);
        }

        return parameter.RefKind != RefKind.None ? ReadReference(parameter, attribute, kind) : ReadValue(parameter, attribute, kind);
    }

    private ArgumentCode? ReadValue(IParameterSymbol parameter, AttributeData? attribute, string? kind)
    {
        ITypeSymbol type = parameter.Type;
        if (type.IsContract("MapRef"))
        {
            return kind is null or ArgumentKinds.ConstMap
                ? new ArgumentCode([ArgumentText.Of(parameter, attribute, ArgumentKinds.ConstMap)], 1, $"new {Global}MapRef({Register})") { IsMap = true }
                : Misfit(parameter, kind, "leave the kind out");
        }

        if (type.SpanElement(out bool isReadOnly) is { } element)
        {
            return ReadSpan(parameter, attribute, kind, element, isReadOnly);
        }

        if (type is IPointerTypeSymbol || (type.IsRegister() && kind is not null && !ArgumentKinds.IsNumber(kind)))
        {
            return ReadRaw(parameter, attribute, kind);
        }

        if (!type.IsInteger())
        {
            return Report(Rules.BadParameter, parameter, parameter.Name, type.Short(), CastFix);
        }

        kind ??= ArgumentKinds.Anything;
        if (!ArgumentKinds.IsNumber(kind))
        {
            return Misfit(parameter, kind, "take ulong, a pointer, or what the kind is in C#");
        }

        string value = type.SpecialType == SpecialType.System_Boolean ? $"{Register} != 0" : $"unchecked(({type.Text()}){Register})";
        string? number = kind == ArgumentKinds.Anything ? type.CNumber() : null;
        return new ArgumentCode([ArgumentText.Of(parameter, attribute, kind, cType: number == "__u64" ? null : number)], 1, value);
    }

    private ArgumentCode? ReadSpan(IParameterSymbol parameter, AttributeData? attribute, string? kind, ITypeSymbol element, bool isReadOnly)
    {
        string span = isReadOnly ? "ReadOnlySpan<byte>" : "Span<byte>";
        if (element.SpecialType != SpecialType.System_Byte)
        {
            return Report(Rules.SpanOfOthers, parameter, parameter.Name, span);
        }

        kind ??= isReadOnly ? ArgumentKinds.ReadableMemory : ArgumentKinds.WritableMemory;
        if (!ArgumentKinds.FitsSpan(kind, isReadOnly))
        {
            return Misfit(parameter, kind, "take ulong, a pointer, or what the kind is in C#");
        }

        if (ArgumentKinds.IsOfMap(kind))
        {
            string size = $"(int){Global}MapHandle.Resolve({_map}).Spec.{(kind == ArgumentKinds.MapKey ? "KeySize" : "ValueSize")}";
            return _map is null
                ? Report(Rules.NoMap, parameter, parameter.Name)
                : new ArgumentCode([ArgumentText.Of(parameter, attribute, kind)], 1, $"new global::System.{span}((void*){Register}, {size})");
        }

        if (kind == ArgumentKinds.ConstString)
        {
            return new ArgumentCode([ArgumentText.Of(parameter, attribute, kind)], 1, $"global::System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*){Register})");
        }

        int fixedSize = attribute.Get("FixedSize", 0);
        return fixedSize > 0
            ? new ArgumentCode([ArgumentText.Of(parameter, attribute, kind, $"{fixedSize}")], 1, $"new global::System.{span}((void*){Register}, {Register} == 0 ? 0 : {fixedSize})")
            : new ArgumentCode(
                [ArgumentText.Of(parameter, attribute, kind), ArgumentText.Size(parameter, attribute)], 2, $"new global::System.{span}((void*){Register}, {SizeOf(attribute)})");
    }

    /// <summary>Nothing is behind 0, whatever the size says.</summary>
    private string SizeOf(AttributeData? attribute) => (attribute.Get("MaybeNull", false) ? $"{Register} == 0 ? 0 : " : "") + $"checked((int)r{_next + 1})";

    /// <summary>A pointer, or a register: as it comes.</summary>
    private ArgumentCode? ReadRaw(IParameterSymbol parameter, AttributeData? attribute, string? kind)
    {
        ITypeSymbol type = parameter.Type;
        if (kind is null || ArgumentKinds.IsNumber(kind))
        {
            return Report(Rules.BadParameter, parameter, parameter.Name, type.Short(), "say with [Argument(HelperArgumentKind…)] what it points to, or take a span or a struct by 'in', 'ref' or 'out'");
        }

        if (ArgumentKinds.IsOfMap(kind) && _map is null)
        {
            return Report(Rules.NoMap, parameter, parameter.Name);
        }

        int size = attribute.Get("FixedSize", 0);
        string? fixedSize = size > 0 ? $"{size}" : kind == ArgumentKinds.Iterator && type is IPointerTypeSymbol pointer ? $"sizeof({pointer.PointedAtType.Text()})" : null;
        return new ArgumentCode([ArgumentText.Of(parameter, attribute, kind, fixedSize)], 1, $"unchecked(({type.Text()}){Register})") { IsMap = kind == ArgumentKinds.ConstMap };
    }

    private ArgumentCode? ReadReference(IParameterSymbol parameter, AttributeData? attribute, string? kind)
    {
        ITypeSymbol type = parameter.Type;
        if (!type.IsUnmanagedType || type.TypeKind == TypeKind.TypeParameter)
        {
            return Report(Rules.BadParameter, parameter, parameter.Name, $"{Modifier(parameter)} {type.Short()}", "memory by 'in', 'ref' or 'out' is a number or a struct without references");
        }

        kind ??= type.IsProgramContext() && parameter.RefKind != RefKind.Out ? ArgumentKinds.Context
            : parameter.RefKind == RefKind.In ? ArgumentKinds.ReadableMemory : ArgumentKinds.WritableMemory;
        if (!ArgumentKinds.FitsReference(kind) || (kind == ArgumentKinds.ReadableMemory && parameter.RefKind != RefKind.In))
        {
            return Misfit(parameter, kind, "take ulong, a pointer, or what the kind is in C#");
        }

        if (kind == ArgumentKinds.Context && type.IsProgramContext() && !serves)
        {
            return Report(Rules.ContextForAll, parameter, parameter.Name, method.Name);
        }

        if (ArgumentKinds.IsOfMap(kind) && _map is null)
        {
            return Report(Rules.NoMap, parameter, parameter.Name);
        }

        if (attribute.Get("MaybeNull", false))
        {
            return Misfit(parameter, "perhaps null", $"take {type.Short()}* with the kind");
        }

        bool hasSize = ArgumentKinds.IsMemory(kind) || kind == ArgumentKinds.Iterator;
        string descriptor = ArgumentText.Of(parameter, attribute, kind, hasSize ? $"sizeof({type.Text()})" : null, isUninitialized: parameter.RefKind == RefKind.Out);
        return new ArgumentCode([descriptor], 1, $"{Modifier(parameter)} *({type.Text()}*){Register}");
    }

    /// <summary>Memory behind a bare pointer is of a fixed size, or a size follows.</summary>
    private bool SizesAreSaid()
    {
        bool isWhole = true;
        for (int i = 0; i < method.Parameters.Length; i++)
        {
            IParameterSymbol parameter = method.Parameters[i];
            AttributeData? attribute = parameter.Find(ArgumentAttribute);
            bool isBare = parameter.RefKind == RefKind.None && (parameter.Type is IPointerTypeSymbol || parameter.Type.IsRegister());
            if (isBare && attribute.Kind() is { } kind && ArgumentKinds.IsMemory(kind) && attribute.Get("FixedSize", 0) == 0
                && !ArgumentKinds.IsSize(method.Parameters.ElementAtOrDefault(i + 1)?.Find(ArgumentAttribute).Kind()))
            {
                Report(Rules.NoSize, parameter, parameter.Name);
                isWhole = false;
            }
        }

        return isWhole;
    }

    private static string Modifier(IParameterSymbol parameter) => parameter.RefKind switch
    {
        RefKind.In => "in",
        RefKind.Out => "out",
        _ => "ref",
    };

    private ArgumentCode? Misfit(IParameterSymbol parameter, string kind, string way) => Report(Rules.KindDoesNotFit, parameter, parameter.Name, kind, parameter.Type.Short(), way);

    private ArgumentCode? Report(DiagnosticDescriptor rule, ISymbol where, params object[] arguments)
    {
        report(new Problem(rule, where.Locations.FirstOrDefault(), arguments));
        return null;
    }
}
