using Skep.Contracts;
using Skep.Isa;

namespace Skep.Execution.Lowering;

/// <summary>
/// Turns an access of a context field as the program sees it into one of the host's own struct (what convert_ctx_access is in the kernel's verifier). One
/// instruction stays one instruction: places differ, and widths where the host's value is narrower, or a pointer that the program reads as 32 bits.
/// </summary>
/// <remarks>
/// Numbers are little-endian and their missing upper bytes are zero, in either direction: where the host's value is wider, what the program cannot see stays as it is.
/// </remarks>
internal static class ContextConversion
{
    /// <summary>Whether any field lies elsewhere than where programs see it.</summary>
    public static bool Concerns(ContextLayout layout) => layout.Fields.Any(IsMoved);

    /// <summary>The field that holds the byte at <paramref name="offset"/>; null when there is none.</summary>
    public static ContextField? FieldAt(ContextLayout layout, int offset)
        => layout.Fields.FirstOrDefault(field => offset >= field.Offset && offset < field.Offset + field.Size);

    /// <param name="access">A load or store of the context.</param>
    /// <param name="offset">Of the first byte accessed, from the start of the context as the program sees it.</param>
    /// <returns>What engines run; <paramref name="access"/> itself where the field lies as the program sees it.</returns>
    public static Instruction Convert(ContextLayout layout, Instruction access, int offset)
    {
        if (FieldAt(layout, offset) is not { } field || !IsMoved(field))
        {
            return access;
        }

        int hostSize = field.HostSize ?? field.Size;
        int within = offset - field.Offset;
        bool isPointer = field.Kind != ContextFieldKind.Scalar;
        int size = isPointer ? hostSize : Math.Min(access.Row.AccessSize, hostSize - within);
        if (size <= 0)
        {
            // All of it lies in the upper bytes that the host's value does not have.
            return access.Row.IsStore ? default(Instruction) with { Operation = Operation.Jump } : new(Operation.Move64Immediate, access.Destination, 0, 0, 0);
        }

        int moved = access.Offset + (field.HostOffset ?? field.Offset) - field.Offset;
        return moved is >= short.MinValue and <= short.MaxValue
            ? access with { Operation = Resize(access.Operation, size, access.Row.AccessSize), Offset = moved }
            : throw new InvalidOperationException($"Field {field.Name} lies {field.HostOffset} bytes into the host's context, further than an instruction reaches.");
    }

    private static bool IsMoved(ContextField field)
        => (field.HostOffset ?? field.Offset) != field.Offset || (field.HostSize ?? field.Size) != field.Size;

    private static Operation Resize(Operation operation, int size, int was) => operation switch
    {
        _ when size == was => operation,
        >= Operation.Load8 and <= Operation.LoadSigned32 => Pick(Operation.Load8, size),
        >= Operation.StoreImmediate8 and <= Operation.StoreImmediate64 => Pick(Operation.StoreImmediate8, size),
        >= Operation.StoreRegister8 and <= Operation.StoreRegister64 => Pick(Operation.StoreRegister8, size),
        _ => throw new InvalidOperationException($"{operation} of a context, which the verifier excludes."),
    };

    /// <summary>Operations of one kind follow each other by size.</summary>
    private static Operation Pick(Operation ofOneByte, int size) => (Operation)((int)ofOneByte + System.Numerics.BitOperations.Log2((uint)size));
}
