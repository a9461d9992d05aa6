namespace Skep.KernelOracle;

/// <summary>What the kernel says about a loaded program (<c>struct bpf_prog_info</c>).</summary>
/// <param name="Type">Its type.</param>
/// <param name="Id">Its number while it is loaded: <c>bpftool prog dump xlated id N</c>.</param>
/// <param name="Tag">The hash of its instructions, 16 hexadecimal digits as bpftool prints it.</param>
/// <param name="Name">The name that it was loaded with; may be empty.</param>
/// <param name="XlatedLength">Bytes of eBPF after the verifier's fix-ups.</param>
/// <param name="JitedLength">Bytes of machine code; 0 where the kernel interprets.</param>
/// <param name="VerifiedInstructions">Instructions that the verifier walked; 0 before Linux 5.16.</param>
public sealed record KernelProgramInfo(
    KernelProgramType Type,
    uint Id,
    string Tag,
    string Name,
    int XlatedLength,
    int JitedLength,
    int VerifiedInstructions)
{
    /// <summary>Whether the kernel runs it as machine code.</summary>
    public bool IsJited => JitedLength > 0;
}
