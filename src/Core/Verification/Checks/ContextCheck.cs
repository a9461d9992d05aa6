using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Checks;

/// <summary>Accesses to the context: a field of the program type's layout, or plain bytes where it has none.</summary>
internal sealed class ContextCheck(WalkContext context)
{
    public bool Check(in RegisterState pointer, int register, long offset, int size, MemoryAccess access)
    {
        if (!pointer.HasFixedOffset)
        {
            return context.Fail(MemoryRules.OutOfContext, $"r{register} is the context with a variable offset ({RangeText.Of(pointer.Number)}), expected a constant one", register);
        }

        long at = pointer.FixedOffset + offset;
        ContextLayout layout = context.Input.Type.Context;
        if (layout.HasLength)
        {
            return context.Fail(MemoryRules.OutOfContext, $"the context of type {context.Input.Type.Name} is as long as r2 says at run time, which is not proved here", register);
        }

        string? problem = layout.Fields.IsEmpty ? ProblemOfRecord(layout, at, size, access) : ProblemOfField(layout, at, size, access);
        if (problem is not null)
        {
            return context.Fail(MemoryRules.OutOfContext, problem, register);
        }

        context.Facts.Context(at + size);
        context.Facts.Access(context.Slot, ValueKind.Context, 0, at, at + size);
        return true;
    }

    /// <summary>The field that holds all of the bytes, or null.</summary>
    public static ContextField? Find(ContextLayout layout, long offset, int size)
    {
        ImmutableArray<ContextField> fields = layout.Fields;
        int low = 0;
        int high = fields.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (fields[middle].Offset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && offset + size <= (long)fields[low - 1].Offset + fields[low - 1].Size ? fields[low - 1] : null;
    }

    private string? ProblemOfRecord(ContextLayout layout, long at, int size, MemoryAccess access)
    {
        if (at < 0 || at + size > layout.Size)
        {
            return $"accessing {size} bytes at context offset {at}, expected offsets 0..{layout.Size - size}";
        }

        return (access & ~layout.RecordAccess) != 0 ? $"the context of type {context.Input.Type.Name} may only be {Allowed(layout.RecordAccess)}" : null;
    }

    private string? ProblemOfField(ContextLayout layout, long at, int size, MemoryAccess access)
    {
        if (Find(layout, at, size) is not { } field)
        {
            return $"accessing {size} bytes at context offset {at}: the context of type {context.Input.Type.Name} has no such field";
        }

        if ((access & ~field.Access) != 0)
        {
            return $"context field {field.Name} may only be {Allowed(field.Access)}";
        }

        // A number may be read in part; what is written, and pointers, are whole.
        bool isWhole = at == field.Offset && size == field.Size;
        bool mayBePart = field.Kind == ContextFieldKind.Scalar && (access & MemoryAccess.Write) == 0 && (at - field.Offset) % size == 0;
        return isWhole || mayBePart
            ? null
            : $"accessing {size} bytes at byte {at - field.Offset} of context field {field.Name}, expected all {field.Size} bytes";
    }

    private static string Allowed(MemoryAccess access) => access switch
    {
        MemoryAccess.Read => "read",
        MemoryAccess.Write => "written",
        _ => "passed on",
    };
}
