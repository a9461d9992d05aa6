using System.Collections.Immutable;
using Skep.Btf;

namespace Skep.Loading.Btf;

/// <summary>
/// What must hold between types: every number refers to a type of a fitting kind, nothing contains itself by value
/// (pointers are the only way round), nesting is bounded, members lie inside their structs.
/// </summary>
internal sealed class BtfCheck(LoadingContext context, ImmutableArray<BtfType> types)
{
    public bool IsSound() => AreNumbersValid() && IsNestingBounded() && AreMembersInside();

    private bool AreNumbersValid()
    {
        for (int number = 1; number < types.Length; number++)
        {
            BtfType type = types[number];
            for (int index = 0; TryGetReference(type, index, out BtfTypeId target); index++)
            {
                if (target.Value >= (uint)types.Length)
                {
                    return Fail(number, $"refers to type {target}, but the last one is [{types.Length - 1}]");
                }

                if (!IsFitting(type, target))
                {
                    return Fail(number, $"refers to {target}, which is of a kind that may not stand there");
                }
            }

            if (type is BtfDeclarationTag { Component: < -1 } tag)
            {
                return Fail(number, $"tags component {tag.Component}, expected an index, or -1");
            }
        }

        return true;
    }

    private bool IsFitting(BtfType from, BtfTypeId to)
    {
        BtfType target = types[(int)to.Value];
        return from switch
        {
            BtfFunction => target is BtfFunctionPrototype,
            BtfDataSection => target is BtfVariable or BtfFunction,
            BtfDeclarationTag => target is BtfStruct or BtfFunction or BtfVariable or BtfTypedef,
            BtfStruct or BtfArray => target is not (BtfVoid or BtfFunction or BtfFunctionPrototype or BtfVariable or BtfDataSection or BtfDeclarationTag),
            _ => target is not (BtfFunction or BtfVariable or BtfDataSection or BtfDeclarationTag),
        };
    }

    /// <summary>Depth-first over what types contain by value, with its own stack: input cannot exhaust the thread's.</summary>
    private bool IsNestingBounded()
    {
        const int Open = -1;
        var depths = new int[types.Length];
        depths[0] = 1;
        var stack = new Stack<(int Number, int Next)>();
        for (int root = 1; root < types.Length; root++)
        {
            if (depths[root] != 0)
            {
                continue;
            }

            stack.Push((root, 0));
            depths[root] = Open;
            while (stack.TryPop(out (int Number, int Next) top))
            {
                if (NextContained(types[top.Number], top.Next) is not { } child)
                {
                    depths[top.Number] = DepthOf(top.Number, depths);
                    if (depths[top.Number] > Math.Min(context.Limits.TypeDepth, BtfGraph.MaximumDepth))
                    {
                        return Fail(top.Number, $"nests deeper than the {context.Limits.TypeDepth} levels that LoadingLimits.TypeDepth allows", LoadingRules.LimitExceeded);
                    }

                    continue;
                }

                stack.Push((top.Number, top.Next + 1));
                if (depths[(int)child.Value] == Open)
                {
                    return Fail((int)child.Value, "contains itself");
                }

                if (depths[(int)child.Value] == 0)
                {
                    depths[(int)child.Value] = Open;
                    stack.Push(((int)child.Value, 0));
                }
            }
        }

        return true;
    }

    private int DepthOf(int number, int[] depths)
    {
        int deepest = 0;
        for (int index = 0; NextContained(types[number], index) is { } child; index++)
        {
            deepest = Math.Max(deepest, depths[(int)child.Value]);
        }

        return deepest + 1;
    }

    private static BtfTypeId? NextContained(BtfType type, int index)
        => type is not BtfPointer && TryGetReference(type, index, out BtfTypeId target) ? target : null;

    private bool AreMembersInside()
    {
        var graph = new BtfGraph(types);
        for (int number = 1; number < types.Length; number++)
        {
            if (types[number] is not BtfStruct composite)
            {
                continue;
            }

            foreach (BtfMember member in composite.Members)
            {
                ulong bits = member.BitSize != 0 ? member.BitSize : (graph.SizeOf(member.Type) ?? 0) * 8ul;
                if (member.BitOffset + bits > composite.Size * 8ul)
                {
                    return Fail(number, $"member '{member.Name}' ends at bit {member.BitOffset + bits}, the struct has {composite.Size * 8ul} bits");
                }
            }
        }

        return true;
    }

    /// <summary>The type numbers inside a type, by position.</summary>
    private static bool TryGetReference(BtfType type, int index, out BtfTypeId target)
    {
        (bool exists, target) = type switch
        {
            BtfPointer pointer => (index == 0, pointer.Target),
            BtfTypedef typedef => (index == 0, typedef.Target),
            BtfQualified qualified => (index == 0, qualified.Target),
            BtfTypeTag tag => (index == 0, tag.Target),
            BtfDeclarationTag tag => (index == 0, tag.Target),
            BtfVariable variable => (index == 0, variable.Type),
            BtfFunction function => (index == 0, function.Prototype),
            BtfArray array => (index < 2, index == 0 ? array.Element : array.Index),
            BtfStruct composite => At(composite.Members, index, static member => member.Type),
            BtfDataSection section => At(section.Variables, index, static entry => entry.Variable),
            BtfFunctionPrototype prototype => index == 0 ? (true, prototype.Return) : At(prototype.Parameters, index - 1, static parameter => parameter.Type),
            _ => (false, BtfTypeId.Void),
        };
        return exists;
    }

    private static (bool Exists, BtfTypeId Target) At<T>(ImmutableArray<T> items, int index, Func<T, BtfTypeId> select)
        => index < items.Length ? (true, select(items[index])) : (false, BtfTypeId.Void);

    private bool Fail(int number, string message, Skep.Findings.Rule? rule = null)
    {
        string name = types[number].Name;
        context.Error(rule ?? LoadingRules.MalformedBtf, $"type [{number}]{(name.Length > 0 ? $" {name}" : "")}: {message}", BtfReader.SectionName);
        return false;
    }
}
