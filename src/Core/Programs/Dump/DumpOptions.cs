namespace Skep.Programs.Dump;

/// <summary>What a dump shows besides the instructions.</summary>
public sealed record DumpOptions
{
    public static readonly DumpOptions Default = new();

    /// <summary>Byte for byte what bpftool prints: no character comments, no names of local functions, and a space after the <c>;</c> of an empty line.</summary>
    public bool Plain { get; init; }

    /// <summary>The bytes of each instruction.</summary>
    public bool Opcodes { get; init; }

    /// <summary>File, line and column of each source line (<c>linum</c>).</summary>
    public bool LineNumbers { get; init; }

    /// <summary>The C declaration of a function, without <c>:</c>; null prints none. By default it is read from the program's BTF, if it has any.</summary>
    public Func<FunctionSpec, string?>? Prototype { get; init; }
}
