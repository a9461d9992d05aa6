using System.Globalization;
using System.Text;

namespace Skep.Btf.Formatting;

/// <summary>
/// C-like text of types, spaced as bpftool spaces it above a dump: <c>int hello_world(void * ctx)</c>. The text is for
/// people; it is not meant to compile (arrays stand before the name, function pointers have no stars inside).
/// </summary>
public static class BtfCWriter
{
    private const int MaximumNesting = 32;
    private const int MaximumLength = 4096;

    /// <summary>The declaration of a function; null when <paramref name="function"/> is not a <see cref="BtfFunction"/> with a prototype.</summary>
    public static string? FunctionPrototype(BtfGraph graph, BtfTypeId function)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (!graph.TryGet(function, out BtfType? type) || type is not BtfFunction named
            || graph.ResolveType(named.Prototype) is not BtfFunctionPrototype prototype)
        {
            return null;
        }

        var text = new StringBuilder();
        AppendFunction(text, graph, prototype, named.Name, depth: 0);
        return text.ToString();
    }

    /// <summary>A type's name as C spells it, without a trailing space: <c>const char *</c>, <c>struct task_struct</c>.</summary>
    public static string TypeName(BtfGraph graph, BtfTypeId id)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var text = new StringBuilder();
        AppendType(text, graph, id, depth: 0);
        return text.ToString().TrimEnd();
    }

    private static void AppendFunction(StringBuilder text, BtfGraph graph, BtfFunctionPrototype prototype, string name, int depth)
    {
        AppendType(text, graph, prototype.Return, depth + 1);
        text.Append(name).Append('(');
        bool isFirst = true;
        foreach (BtfParameter parameter in prototype.Parameters)
        {
            text.Append(isFirst ? "" : ", ");
            isFirst = false;
            AppendType(text, graph, parameter.Type, depth + 1);
            if (parameter.Name.Length > 0)
            {
                text.Append(parameter.Name);
            }
            else if (text[^1] == ' ')
            {
                text.Length--;
            }
        }

        text.Append(!prototype.IsVariadic ? "" : isFirst ? "..." : ", ...").Append(')');
    }

    private static void AppendType(StringBuilder text, BtfGraph graph, BtfTypeId id, int depth)
    {
        if (depth > MaximumNesting || text.Length > MaximumLength || !graph.TryGet(id, out BtfType? type))
        {
            text.Append("? ");
            return;
        }

        switch (type)
        {
            case BtfPointer pointer:
                AppendType(text, graph, pointer.Target, depth + 1);
                text.Append("* ");
                break;
            case BtfQualified qualified:
                text.Append(Keyword(qualified.Qualifier)).Append(' ');
                AppendType(text, graph, qualified.Target, depth + 1);
                break;
            case BtfTypeTag tag:
                AppendType(text, graph, tag.Target, depth + 1);
                break;
            case BtfArray array:
                AppendType(text, graph, array.Element, depth + 1);
                text.Append(CultureInfo.InvariantCulture, $"[{array.Count}]");
                break;
            case BtfFunctionPrototype prototype:
                AppendFunction(text, graph, prototype, "", depth + 1);
                break;
            case BtfFunction function when graph.ResolveType(function.Prototype) is BtfFunctionPrototype prototype:
                AppendFunction(text, graph, prototype, function.Name, depth + 1);
                break;
            case BtfVariable variable:
                AppendType(text, graph, variable.Type, depth + 1);
                text.Append(variable.Name).Append(' ');
                break;
            default:
                text.Append(Tag(type)).Append(type.Name).Append(' ');
                break;
        }
    }

    private static string Keyword(BtfQualifier qualifier) => qualifier switch
    {
        BtfQualifier.Const => "const",
        BtfQualifier.Volatile => "volatile",
        _ => "restrict",
    };

    private static string Tag(BtfType type) => type switch
    {
        BtfStruct { IsUnion: true } or BtfForward { IsUnion: true } => "union ",
        BtfStruct or BtfForward => "struct ",
        BtfEnum => "enum ",
        _ => "",
    };
}
