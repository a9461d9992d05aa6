using System.Globalization;

namespace Skep.Flow;

/// <summary>A basic block of one <see cref="ControlFlowGraph"/>; blocks are numbered in the order of their slots.</summary>
public readonly record struct BlockIndex(int Value) : IComparable<BlockIndex>
{
    public int CompareTo(BlockIndex other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"block {Value}");
}

/// <summary>A function of one program; functions are numbered in the order of their slots, the main function is 0.</summary>
public readonly record struct FunctionIndex(int Value) : IComparable<FunctionIndex>
{
    public static readonly FunctionIndex Main = new(0);

    public int CompareTo(FunctionIndex other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"function {Value}");
}
