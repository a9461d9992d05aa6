using System.Collections.Immutable;
using Skep.Btf;
using Skep.Programs;
using Skep.Verification.Structure;

namespace Skep.Verification.Walk;

/// <summary>What a global function's type says of an argument.</summary>
internal enum ParameterKind : byte
{
    Number,
    Context,

    /// <summary>A pointer to memory of known size.</summary>
    Memory,

    /// <summary>Something that the type does not say enough about.</summary>
    Unknown,
}

/// <param name="Size">Of memory, in bytes.</param>
/// <param name="MayBeNull">The function must check it.</param>
internal readonly record struct Parameter(string Name, ParameterKind Kind, int Size = 0, bool MayBeNull = false);

/// <summary>A function as its BTF type describes it. Global functions are verified once, by this alone; static ones in the state of each caller.</summary>
/// <param name="IsGlobal">It has external linkage and a type, and is not the main function.</param>
/// <param name="ReturnsNothing">It is <c>void</c>.</param>
/// <param name="ReturnsNumber">An integer or an enum. So does a function without a type.</param>
internal sealed record FunctionSignature(bool IsGlobal, bool ReturnsNothing, bool ReturnsNumber, ImmutableArray<Parameter> Parameters)
{
    private const string ContextTag = "arg:ctx";
    private const string NotNullTag = "arg:nonnull";

    /// <summary>What fits into R1 to R5.</summary>
    private const int MaximumParameters = 5;

    private static readonly FunctionSignature Static = new(false, false, true, []);

    public static FunctionSignature Of(LinkedProgram program, FunctionTable functions, int index)
    {
        if (functions.IsDiscovered || program.Spec.Functions[index] is not { Type: { } id } function || program.Spec.Btf is not { } btf
            || !btf.TryGet(id, out BtfType? type) || type is not BtfFunction { Prototype: var prototypeId }
            || btf.ResolveType(prototypeId) is not BtfFunctionPrototype prototype)
        {
            return Static;
        }

        bool returnsNothing = btf.ResolveType(prototype.Return) is BtfVoid or null;
        bool isGlobal = index != 0 && function.Linkage == FunctionLinkage.Global;
        ImmutableArray<Parameter> parameters = isGlobal
            ? [.. prototype.Parameters.Select((parameter, position) => Read(program, btf, id, parameter, position))]
            : [];
        return new FunctionSignature(isGlobal, returnsNothing, btf.ResolveType(prototype.Return) is BtfInteger or BtfEnum, parameters);
    }

    private static Parameter Read(LinkedProgram program, BtfGraph btf, BtfTypeId function, BtfParameter parameter, int position)
    {
        BtfType? type = btf.ResolveType(parameter.Type);
        if (type is BtfInteger or BtfEnum)
        {
            return new Parameter(parameter.Name, ParameterKind.Number);
        }

        // One too many is refused already; looking each of thousands up in all types would take long.
        if (type is not BtfPointer pointer || position > MaximumParameters)
        {
            return new Parameter(parameter.Name, ParameterKind.Unknown);
        }

        string[] tags = [.. btf.Types.OfType<BtfDeclarationTag>().Where(tag => tag.Target == function && tag.Component == position).Select(tag => tag.Tag)];
        BtfType? target = btf.ResolveType(pointer.Target);
        if (tags.Contains(ContextTag) || (target is BtfStruct or BtfForward && program.ProgramType.Descriptor.Context.TypeNames.Contains(target.Name)))
        {
            return new Parameter(parameter.Name, ParameterKind.Context);
        }

        return btf.SizeOf(pointer.Target) is { } size and > 0 and < int.MaxValue
            ? new Parameter(parameter.Name, ParameterKind.Memory, (int)size, MayBeNull: !tags.Contains(NotNullTag))
            : new Parameter(parameter.Name, ParameterKind.Unknown);
    }
}
