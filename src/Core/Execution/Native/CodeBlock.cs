namespace Skep.Execution.Native;

/// <summary>A part of a region: code of one program, or free. Neighbours are linked in the order of their addresses, free blocks of about one size with each other.</summary>
internal sealed class CodeBlock(CodeRegion region, int offset, int length)
{
    public CodeRegion Region { get; } = region;

    /// <summary>From the start of the region, in bytes.</summary>
    public int Offset { get; set; } = offset;

    /// <summary>In bytes.</summary>
    public int Length { get; set; } = length;

    public bool IsFree { get; set; }

    public CodeBlock? Before { get; set; }

    public CodeBlock? After { get; set; }

    public CodeBlock? PreviousFree { get; set; }

    public CodeBlock? NextFree { get; set; }

    public nint Address => Region.Range.Address + Offset;

    public bool IsWholeRegion => Before is null && After is null;
}

/// <summary>Memory that was taken from the system at once, divided into blocks.</summary>
internal sealed record CodeRegion(ExecutableRange Range);
