namespace Skep.Btf;

/// <summary>A type's number in its graph; 0 is <c>void</c>.</summary>
public readonly record struct BtfTypeId(uint Value)
{
    public static readonly BtfTypeId Void = new(0);

    public override string ToString() => $"[{Value}]";
}
