namespace Skep.Isa;

/// <param name="Plain">No character comments: byte for byte what bpftool prints.</param>
/// <param name="Opcodes">A second line with the bytes of each instruction, as <c>bpftool prog dump xlated … opcodes</c>.</param>
public sealed record PrinterOptions(bool Plain = false, bool Opcodes = false, IInstructionNames? Names = null)
{
    public static PrinterOptions Default { get; } = new();
}
