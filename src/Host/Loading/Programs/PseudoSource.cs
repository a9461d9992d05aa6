namespace Skep.Loading.Programs;

/// <summary>Opcodes that relocations apply to, and what the kernel reads in their source register (<c>BPF_PSEUDO_*</c>).</summary>
internal static class PseudoSource
{
    public const byte LoadImmediate64 = 0x18;
    public const byte Call = 0x85;

    public const byte Address = 0;
    public const byte Map = 1;
    public const byte MapValue = 2;
    public const byte KernelVariable = 3;
    public const byte Function = 4;

    public const byte LocalCall = 1;
    public const byte NamedCall = 2;
}
