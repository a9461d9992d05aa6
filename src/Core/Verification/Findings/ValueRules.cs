using Skep.Findings;

namespace Skep.Verification;

/// <summary>Findings about what registers hold and what becomes of it.</summary>
public static class ValueRules
{
    public static readonly Rule UninitializedRegister = new(
        "SKEP3101", "a register that nobody wrote", "Give it a value on every path; calls leave R1 to R5 without one.");

    public static readonly Rule PointerArithmetic = new(
        "SKEP3102", "arithmetic that a pointer does not allow", "Add to or subtract from pointers with 64-bit operations, and only from pointers into memory.");

    public static readonly Rule PointerOffset = new(
        "SKEP3103", "a pointer that may be moved too far", "Bound the number before it is added: `if (i >= SIZE) return 0;` or `i &= SIZE - 1;`.");

    public static readonly Rule PointerMayBeNull = new(
        "SKEP3104", "a pointer that may be null", "Compare it with 0 first: `if (!value) return 0;`.");

    public static readonly Rule ReturnRange = new(
        "SKEP3105", "a return value that the program type does not allow", "Return a constant of the type's range on every path.");

    public static readonly Rule LeakStored = new(
        "SKEP3106", "a pointer stored where it would be seen", "Store what it points to, not the pointer.");

    public static readonly Rule LeakReturned = new(
        "SKEP3107", "a pointer returned", "Return a number.");

    public static readonly Rule LeakCompared = new(
        "SKEP3108", "pointers compared that have nothing in common", "Compare packet pointers with data_end, pointers into one object with each other, and others with 0 only.");

    public static readonly Rule LeakPassed = new(
        "SKEP3109", "a pointer passed as a number", "Pass a number.");
}
