using Skep.Contracts;
using Skep.Programs;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Checks;

/// <summary>Arguments that are memory: keys, values, buffers with their size, constant strings.</summary>
internal sealed class MemoryArgumentCheck(WalkContext context)
{
    // The one helper whose result depends on nothing but the key: that of one CPU (195) also finds none beyond the last CPU, and others have reasons of their own.
    private static readonly HelperNumber LookupNumber = new(1);

    private readonly AccessCheck _access = new(context);

    public bool CheckKey(HelperDescriptor helper, HelperArgument argument, int register)
    {
        if (context.Call.Map == 0)
        {
            return FailNoMap(helper, argument, register);
        }

        MapInput map = context.Input.Map(context.Call.Map);
        if (helper.Number == LookupNumber)
        {
            NoteConstantKey(map, register);
        }

        return CheckKind(helper, argument, register) && _access.CheckForHelper(register, map.KeySize, MemoryAccess.Read, isFilledWhole: false);
    }

    public bool CheckValue(HelperDescriptor helper, HelperArgument argument, int register)
    {
        if (context.Call.Map == 0)
        {
            return FailNoMap(helper, argument, register);
        }

        MapInput map = context.Input.Map(context.Call.Map);
        bool isFilled = (argument.Flags & HelperArgumentFlags.Uninitialized) != 0 && !map.OnlyTakesValues;
        return CheckKind(helper, argument, register) && CheckMemory(register, map.ValueSize, isFilled ? MemoryAccess.Write : MemoryAccess.Read, isFilled);
    }

    public bool CheckMemory(HelperDescriptor helper, int index, int register)
    {
        HelperArgument argument = helper.Arguments[index];
        if (argument.FixedSize == 0 && HasSizeNext(helper, index))
        {
            // The size comes next, and the memory is checked with it; null goes with size 0.
            return CheckKind(helper, argument, register);
        }

        if (!CheckKind(helper, argument, register))
        {
            return false;
        }

        if (argument.FixedSize == 0)
        {
            return context.Fail(CallRules.ArgumentKind, $"the prototype of {helper.Name} does not say how large argument {argument.Name} is");
        }

        // As what it is when it is not null, where null is allowed too.
        bool mayBeNull = context.Register(register).MayBeNull;
        context.Register(register).MayBeNull = false;
        bool isRight = CheckMemory(register, argument.FixedSize, AccessOf(argument), IsFilled(argument));
        context.Register(register).MayBeNull = mayBeNull;
        return isRight;
    }

    public bool CheckSize(HelperDescriptor helper, int index, int register)
    {
        ref RegisterState size = ref context.Register(register);
        HelperArgument argument = helper.Arguments[index];
        if (!size.IsScalar)
        {
            return context.Fail(CallRules.ArgumentKind, $"r{register}, argument {argument.Name} of {helper.Name}, is {RegisterNoun.Of(size)}, expected a number of bytes", register);
        }

        context.MarkPrecise(size);
        Scalar number = size.Number;
        if (number.SignedMin < 0)
        {
            return context.Fail(CallRules.ArgumentSize, $"r{register}, argument {argument.Name} of {helper.Name}, may be negative: it is {RangeText.OfBytes(number)}", register);
        }

        if (number.UnsignedMin == 0 && argument.Kind == HelperArgumentKind.Size)
        {
            return context.Fail(CallRules.ArgumentSize, $"r{register}, argument {argument.Name} of {helper.Name}, may be 0: it is {RangeText.OfBytes(number)}, expected at least 1", register);
        }

        if (number.UnsignedMax >= ArithmeticCheck.MaxOffset)
        {
            return context.Fail(
                CallRules.ArgumentSize, $"r{register}, argument {argument.Name} of {helper.Name}, is not bounded: it is {RangeText.OfBytes(number)}, expected less than {ArithmeticCheck.MaxOffset}", register);
        }

        context.Call.MaximumSize = (long)number.UnsignedMax;
        HelperArgument memory = helper.Arguments[index - 1];
        if (context.Register(register - 1).MayBeNull)
        {
            return number.UnsignedMax == 0
                || context.Fail(ValueRules.PointerMayBeNull, $"r{register - 1}, argument {memory.Name} of {helper.Name}, may be null, and its size is {RangeText.Of(number)}; compare it with 0 first", register - 1, register);
        }

        if (context.Register(register - 1).IsNullConstant)
        {
            return number.UnsignedMax == 0
                || context.Fail(CallRules.ArgumentSize, $"r{register - 1}, argument {memory.Name} of {helper.Name}, is null, so that its size must be 0; it is {RangeText.Of(number)}", register - 1, register);
        }

        return CheckMemory(register - 1, context.Call.MaximumSize, AccessOf(memory), IsFilled(memory) && number.IsConstant);
    }

    /// <summary>A string in memory that nobody can change any more, as its terminator is looked for once here and once by the helper.</summary>
    public bool CheckString(HelperDescriptor helper, HelperArgument argument, int register)
    {
        ref RegisterState value = ref context.Register(register);
        if (value.Kind != ValueKind.MapValue || context.Input.Map(value.Target).Constants.IsEmpty || !value.HasFixedOffset)
        {
            return context.Fail(
                CallRules.ConstantString, $"r{register}, argument {argument.Name} of {helper.Name}, is {RegisterNoun.Of(value)}, expected a string at a known place of read-only data", register);
        }

        ReadOnlySpan<byte> data = context.Input.Map(value.Target).Constants;
        long offset = value.FixedOffset;
        if (offset < 0 || offset >= data.Length || data[(int)offset..].IndexOf((byte)0) < 0)
        {
            return context.Fail(CallRules.ConstantString, $"r{register}, argument {argument.Name} of {helper.Name}, has no terminating 0 from byte {offset} on", register);
        }

        return true;
    }

    private static bool HasSizeNext(HelperDescriptor helper, int index)
        => index + 1 < helper.Arguments.Length && helper.Arguments[index + 1].Kind is HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero;

    private static MemoryAccess AccessOf(HelperArgument argument)
        => argument.Kind == HelperArgumentKind.WritableMemory ? IsFilled(argument) ? MemoryAccess.Write : MemoryAccess.ReadWrite : MemoryAccess.Read;

    private static bool IsFilled(HelperArgument argument) => (argument.Flags & HelperArgumentFlags.Uninitialized) != 0;

    private bool CheckMemory(int register, long size, MemoryAccess access, bool isFilledWhole)
    {
        if ((access & MemoryAccess.Write) != 0)
        {
            context.Call.Written[register] = size;
        }

        return _access.CheckForHelper(register, size, access, isFilledWhole);
    }

    private bool CheckKind(HelperDescriptor helper, HelperArgument argument, int register)
    {
        ref RegisterState value = ref context.Register(register);
        if (value.MayBeNull && !argument.MaybeNull)
        {
            return context.Fail(ValueRules.PointerMayBeNull, $"r{register}, argument {argument.Name} of {helper.Name}, is {RegisterNoun.Of(value)}; compare it with 0 first", register);
        }

        if (value.IsPacketPart && helper.InvalidatesPackets)
        {
            return context.Fail(CallRules.ArgumentKind, $"r{register}, argument {argument.Name} of {helper.Name}, is {RegisterNoun.Of(value)}, and the helper may move the packet while it reads it; copy the bytes first", register);
        }

        bool isMemory = value.Kind is ValueKind.Stack or ValueKind.MapValue or ValueKind.MapKey or ValueKind.Memory or ValueKind.Packet or ValueKind.PacketMeta;
        return isMemory || context.Fail(CallRules.ArgumentKind, $"r{register}, argument {argument.Name} of {helper.Name}, is {RegisterNoun.Of(value)}, expected memory", register);
    }

    private bool FailNoMap(HelperDescriptor helper, HelperArgument argument, int register)
        => context.Fail(CallRules.ArgumentKind, $"r{register}, argument {argument.Name} of {helper.Name}, belongs to a map, and no map argument goes before it", register);

    /// <summary>A key on the stack of which all is known tells whether an array has it.</summary>
    private void NoteConstantKey(MapInput map, int register)
    {
        ref RegisterState pointer = ref context.Register(register);
        if (!map.HasAllKeys || pointer.Kind != ValueKind.Stack || !pointer.HasFixedOffset || pointer.FixedOffset % map.KeySize != 0
            || pointer.FixedOffset < -context.Input.Limits.MaxFrameBytes || pointer.FixedOffset > -map.KeySize)
        {
            return;
        }

        FrameState frame = context.State.Frame(pointer.Frame);
        int index = IteratorSlot.IndexOf(pointer.FixedOffset);
        if (index >= frame.SlotCount)
        {
            return;
        }

        ref StackSlot slot = ref frame[index];
        int start = (int)(pointer.FixedOffset + ((index + 1) * StackSlot.Size));
        if (start == 0 && slot.HasSpill && slot.SpillSize >= sizeof(uint) && slot.Spilled.IsScalar && slot.Spilled.Number.IsConstant32)
        {
            context.MarkPrecise(slot.Spilled);
            context.Call.ConstantKey = slot.Spilled.Number.ConstantValue32;
        }
        else if (slot.All(start, sizeof(uint), StackByte.Zero))
        {
            context.Call.ConstantKey = 0;
        }
    }
}
