namespace Skep.Isa;

/// <summary>How an operation uses one field of its encoding.</summary>
public enum FieldUse : byte
{
    /// <summary>Must have the value of the rule: 0 where the field is reserved, another where it selects the operation.</summary>
    Fixed,

    /// <summary>A register, 0 to 10.</summary>
    Register,

    /// <summary>Any value: an immediate, or a displacement in bytes.</summary>
    Operand,

    /// <summary>Any value: a displacement in slots, counted from the next slot.</summary>
    Branch,
}

/// <summary>What one field of an encoding may contain.</summary>
/// <param name="Value">Meaningful for <see cref="FieldUse.Fixed"/> only.</param>
public readonly record struct FieldRule(FieldUse Use, int Value)
{
    public static FieldRule Reserved => default;

    public static FieldRule Register => new(FieldUse.Register, 0);

    public static FieldRule Operand => new(FieldUse.Operand, 0);

    public static FieldRule Branch => new(FieldUse.Branch, 0);

    public static FieldRule Fixed(int value) => new(FieldUse.Fixed, value);

    public bool Allows(int actual) => Use switch
    {
        FieldUse.Fixed => actual == Value,
        FieldUse.Register => actual is >= 0 and < Registers.Count,
        _ => true,
    };
}
