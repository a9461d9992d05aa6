namespace Skep.Jit.Code;

/// <summary>A place in a <see cref="CodeBuffer"/> that branches go to; may be used before it is bound.</summary>
public readonly record struct CodeLabel(int Index);
