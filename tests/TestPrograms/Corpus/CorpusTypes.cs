using System.Collections.Immutable;
using System.Globalization;
using Skep.Btf;

namespace Skep.TestPrograms.Corpus;

/// <summary>Builds a graph of the C types that corpus functions and map values name. Not thread-safe.</summary>
internal sealed class CorpusTypes
{
    /// <summary>Contexts, whose sizes are the kernel's; what is inside is of no concern to function types.</summary>
    private static readonly Dictionary<string, uint> Structs = new()
    {
        ["__sk_buff"] = 192,
        ["xdp_md"] = 24,
        ["pt_regs"] = 168,
        ["bpf_perf_event_data"] = 184,
        ["bpf_raw_tracepoint_args"] = 0,
        ["bpf_sock_addr"] = 72,
    };

    private readonly List<BtfType> _types = [new BtfVoid()];

    internal BtfGraph ToGraph() => new([.. _types]);

    internal BtfTypeId Add(BtfType type)
    {
        int known = _types.IndexOf(type);
        if (known >= 0)
        {
            return new BtfTypeId((uint)known);
        }

        _types.Add(type);
        return new BtfTypeId((uint)_types.Count - 1);
    }

    /// <param name="type">For example <c>u32</c>, <c>void*</c>, <c>mem8*</c> (a struct of 8 bytes), <c>__sk_buff*</c>.</param>
    /// <exception cref="FormatException">The type is not known.</exception>
    internal BtfTypeId Find(string type)
    {
        if (type.EndsWith('*'))
        {
            return Add(new BtfPointer(Find(type[..^1])));
        }

        if (type.StartsWith("mem", StringComparison.Ordinal) && uint.TryParse(type[3..], NumberStyles.None, CultureInfo.InvariantCulture, out uint size))
        {
            BtfTypeId bytes = Add(new BtfArray(Find("char"), Find("u32"), size));
            return Add(new BtfStruct(type, IsUnion: false, size, [new BtfMember("data", bytes, 0, 0)]));
        }

        return type switch
        {
            "void" => BtfTypeId.Void,
            "char" or "s8" => Integer(type, 1, BtfIntegerEncoding.Signed),
            "u8" => Integer(type, 1, BtfIntegerEncoding.None),
            "bool" => Integer(type, 1, BtfIntegerEncoding.Boolean),
            "s16" => Integer(type, 2, BtfIntegerEncoding.Signed),
            "u16" => Integer(type, 2, BtfIntegerEncoding.None),
            "int" or "s32" => Integer(type, 4, BtfIntegerEncoding.Signed),
            "u32" => Integer(type, 4, BtfIntegerEncoding.None),
            "long" or "s64" => Integer(type, 8, BtfIntegerEncoding.Signed),
            "u64" => Integer(type, 8, BtfIntegerEncoding.None),
            _ when Structs.TryGetValue(type, out uint bytes) => Add(new BtfStruct(type, IsUnion: false, bytes, [])),
            _ => throw new FormatException($"the C type '{type}' is not known"),
        };
    }

    internal BtfTypeId Function(FunctionSignature signature)
    {
        ImmutableArray<BtfParameter> parameters = [.. signature.Parameters.Select(parameter => new BtfParameter(parameter.Name, Find(parameter.Type)))];
        BtfTypeId prototype = Add(new BtfFunctionPrototype(Find(signature.Return), parameters, IsVariadic: false));
        BtfTypeId function = Add(new BtfFunction(signature.Name, prototype, signature.Linkage));
        foreach ((int index, SignatureParameter parameter) in signature.Parameters.Index())
        {
            if (parameter.Tag is { } tag)
            {
                Add(new BtfDeclarationTag($"arg:{tag}", function, index));
            }
        }

        return function;
    }

    private BtfTypeId Integer(string name, uint size, BtfIntegerEncoding encoding) => Add(new BtfInteger(name, size, encoding, 0, (byte)(size * 8)));
}
