namespace Skep.Flow;

/// <summary>The basic blocks of a program and the edges between them.</summary>
public sealed class ControlFlowGraph
{
}
