using Skep.Contracts;
using Skep.Findings;
using Skep.Verification.Obligations;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Checks;

/// <summary>Accesses to memory, by instructions and by helpers: in bounds, allowed, aligned where that matters.</summary>
internal sealed class AccessCheck(WalkContext context)
{
    // Where the packet begins is even, not aligned to 4 (NET_IP_ALIGN).
    private const int PacketMisalignment = 2;

    private readonly StackCheck _stack = new(context);
    private readonly ContextCheck _context = new(context);

    /// <summary>An access by an instruction.</summary>
    public bool Check(in Obligation obligation)
    {
        ref RegisterState pointer = ref context.Register(obligation.Register);
        int register = obligation.Register;
        if (!CheckPointer(pointer, register))
        {
            return false;
        }

        if (obligation.IsAtomic && pointer.Kind is ValueKind.Context or ValueKind.Packet or ValueKind.PacketMeta)
        {
            return context.Fail(MemoryRules.AtomicTarget, $"r{register} is {RegisterNoun.Of(pointer.Kind)}, where there are no atomic operations", register);
        }

        if (obligation.IsAtomic && IsOwnParameter(pointer))
        {
            context.Facts.Alignment.Atomic(context.State.Frame(0).Function);
        }

        if (!context.Facts.IsSamePlace(context.Slot, pointer.Kind, pointer.Offset + (long)obligation.Offset))
        {
            return context.Fail(
                MemoryRules.OutOfContext, $"r{register} is {RegisterNoun.Of(pointer.Kind)} here, and on another path it is not, or at another place; an instruction that accesses the context always accesses the same field", register);
        }

        return CheckAlignment(pointer, obligation) && pointer.Kind switch
        {
            ValueKind.Context => _context.Check(pointer, register, obligation.Offset, obligation.Size, obligation.Access),
            ValueKind.Stack => _stack.Check(pointer, register, obligation.Offset, obligation.Size, obligation.Access),
            _ => CheckRegion(pointer, register, obligation.Offset, obligation.Size, obligation.Access),
        };
    }

    /// <summary>Memory that a helper is given; any alignment.</summary>
    /// <param name="size">The most that it accesses, in bytes.</param>
    public bool CheckForHelper(int register, long size, MemoryAccess access, bool isFilledWhole)
    {
        ref RegisterState pointer = ref context.Register(register);
        if (!CheckPointer(pointer, register))
        {
            return false;
        }

        return pointer.Kind switch
        {
            ValueKind.Stack => _stack.CheckForHelper(pointer, register, size, access, isFilledWhole),
            ValueKind.Context => context.Fail(CallRules.ArgumentKind, $"r{register} is the context, expected memory of {size} bytes", register),
            _ => CheckRegion(pointer, register, 0, size, access),
        };
    }

    /// <summary>What is stored where it can be read by others, or as a pointer that is kept.</summary>
    public bool CheckStored(in Obligation obligation)
    {
        ref RegisterState value = ref context.Register(obligation.Other);
        if (!value.IsPointer)
        {
            return true;
        }

        ref RegisterState target = ref context.Register(obligation.Register);
        if (target.Kind == ValueKind.Stack)
        {
            return _stack.CheckSpill(target, obligation);
        }

        return context.Input.AllowsLeaks || context.Fail(
            ValueRules.LeakStored, $"r{obligation.Other} is {RegisterNoun.Of(value)} and is stored into {RegisterNoun.Of(target.Kind)}, expected a number",
            obligation.Other, obligation.Register);
    }

    /// <summary>Memory that a global function was given, whoever gave it.</summary>
    public bool IsOwnParameter(in RegisterState pointer)
        => pointer is { Kind: ValueKind.Memory, Reference: 0 } && context.State.Frame(0).Function != 0;

    private bool CheckPointer(in RegisterState pointer, int register)
    {
        if (pointer.Kind == ValueKind.Scalar)
        {
            return context.Fail(MemoryRules.NotAPointer, $"r{register} is a number, expected a pointer", register);
        }

        return !pointer.MayBeNull || context.Fail(
            ValueRules.PointerMayBeNull, $"r{register} is {RegisterNoun.Of(pointer)}; compare it with 0 first", register);
    }

    private bool CheckRegion(in RegisterState pointer, int register, long offset, long size, MemoryAccess access)
    {
        switch (pointer.Kind)
        {
            case ValueKind.MapValue:
                MapInput map = context.Input.Map(pointer.Target);
                return CheckAccess(register, access, map.Access, $"values of map {map.Spec.Name}")
                    && CheckBounds(pointer, register, offset, size, map.ValueSize, MemoryRules.OutOfMapValue, $"a value of map {map.Spec.Name}")
                    && CheckSpecial(pointer, register, offset, size, map);
            case ValueKind.MapKey:
                return CheckAccess(register, access, MemoryAccess.Read, "map keys")
                    && CheckBounds(pointer, register, offset, size, context.Input.Map(pointer.Target).KeySize, MemoryRules.OutOfMemory, "the map key");
            case ValueKind.Memory:
                return CheckAccess(register, access, pointer.Access, "this memory")
                    && CheckBounds(pointer, register, offset, size, pointer.Range, MemoryRules.OutOfMemory, "the memory");
            case ValueKind.Packet or ValueKind.PacketMeta:
                return CheckAccess(register, access, pointer.Access, "the packet") && CheckPacket(pointer, register, offset, size);
            default:
                return context.Fail(MemoryRules.NoDirectAccess, $"r{register} is {RegisterNoun.Of(pointer.Kind)}, which is no memory of the program's", register);
        }
    }

    private bool CheckAccess(int register, MemoryAccess access, MemoryAccess allowed, string what)
    {
        if ((access & ~allowed) == 0)
        {
            return true;
        }

        Rule rule = (access & ~allowed & MemoryAccess.Write) != 0 ? MemoryRules.ReadOnlyMemory : MemoryRules.WriteOnlyMemory;
        string verb = rule == MemoryRules.ReadOnlyMemory ? "written" : "read";
        return context.Fail(rule, $"r{register}: {what} may not be {verb} by programs", register);
    }

    private bool CheckBounds(in RegisterState pointer, int register, long offset, long size, long length, Rule rule, string what)
    {
        Scalar number = pointer.Number;
        long first = pointer.Offset + offset + number.SignedMin;
        bool isUnbounded = number.SignedMin == long.MinValue || number.UnsignedMax >= ArithmeticCheck.MaxOffset;
        long end = pointer.Offset + offset + (isUnbounded ? 0 : (long)number.UnsignedMax) + size;
        if (number.SignedMin != long.MinValue && first >= 0 && !isUnbounded && end <= length)
        {
            context.Facts.Access(context.Slot, pointer.Kind, pointer.Target, first, end);
            return true;
        }

        string where = isUnbounded || number.SignedMin < 0 && first < 0 && number.SignedMin == long.MinValue
            ? $"at an offset that is not bounded ({RangeText.Of(number)})"
            : $"at bytes {RangeText.Of(first, Math.Max(first, end - 1))}";
        return context.Fail(rule, $"accessing {size} {Bytes(size)} {where} of {what}, which has {length}", register);
    }

    private bool CheckSpecial(in RegisterState pointer, int register, long offset, long size, MapInput map)
    {
        long first = pointer.Offset + offset + pointer.Number.SignedMin;
        long end = pointer.Offset + offset + (long)pointer.Number.UnsignedMax + size;
        foreach (SpecialField field in map.Special)
        {
            if (size > 0 && field.Overlaps(first, end))
            {
                string name = field.Kind == SpecialFieldKind.SpinLock ? "bpf_spin_lock" : "bpf_timer";
                return context.Fail(MemoryRules.SpecialField, $"accessing bytes {RangeText.Of(first, end - 1)}, where bytes {field.Offset}..{field.Offset + field.Size - 1} are a {name}", register);
            }
        }

        return true;
    }

    private bool CheckPacket(in RegisterState pointer, int register, long offset, long size)
    {
        long first = pointer.Offset + offset;
        long end = first + size;
        if (first >= 0 && end <= pointer.Range && pointer.Number.SignedMin >= 0)
        {
            context.Facts.Access(context.Slot, pointer.Kind, 0, first + pointer.Number.SignedMin, end + (long)Math.Min(pointer.Number.UnsignedMax, 0xffff));
            return true;
        }

        string known = pointer.Range == 0 ? "nothing is proved to be there" : $"only {RangeText.Of(0, pointer.Range - 1)} are proved";
        string limit = pointer.Kind == ValueKind.Packet ? "data_end" : "data";
        string from = pointer.HasFixedOffset ? "packet offset" : "offset from the variable part";
        return context.Fail(
            MemoryRules.OutOfPacket,
            pointer.Number.SignedMin < 0
                ? $"r{register} may point before the packet's first byte: its variable offset is {RangeText.Of(pointer.Number)}"
                : $"accessing {size} {Bytes(size)} at {from} {RangeText.Of(first, end - 1)}, but {known}; compare with {limit} first",
            register);
    }

    private bool CheckAlignment(in RegisterState pointer, in Obligation obligation)
    {
        bool isStrict = pointer.Kind is ValueKind.Stack or ValueKind.Context || obligation.IsAtomic || context.Input.Type.StrictAlignment || context.Input.Policy.StrictAlignment;
        if (!isStrict || obligation.Size <= 1)
        {
            return true;
        }

        long start = pointer.Offset + (long)obligation.Offset + (pointer.Kind is ValueKind.Packet or ValueKind.PacketMeta ? PacketMisalignment : 0);
        Tnum place = pointer.Number.Bits.Add(Tnum.Constant((ulong)start));
        return place.IsAligned(obligation.Size) || context.Fail(
            MemoryRules.Misaligned, $"accessing {obligation.Size} bytes at offset {start}{(pointer.HasFixedOffset ? "" : " and a variable part")} of {RegisterNoun.Of(pointer.Kind)}, expected a multiple of {obligation.Size}",
            obligation.Register);
    }

    private static string Bytes(long size) => size == 1 ? "byte" : "bytes";
}
