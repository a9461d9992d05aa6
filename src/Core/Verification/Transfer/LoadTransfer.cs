using System.Buffers.Binary;
using Skep.Contracts;
using Skep.Isa;
using Skep.Verification.Checks;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>Loads: what comes from where.</summary>
internal sealed class LoadTransfer(WalkContext context)
{
    public void Apply(in Instruction instruction, OpcodeRow row)
    {
        RegisterState pointer = context.Register(instruction.Source);
        ref RegisterState destination = ref context.Register(instruction.Destination);
        Load(ref destination, pointer, instruction.Offset, row.AccessSize, row.SignExtends);
    }

    /// <param name="destination">May be the register that had the pointer.</param>
    public void Load(ref RegisterState destination, in RegisterState pointer, int offset, int size, bool isSigned)
    {
        switch (pointer.Kind)
        {
            case ValueKind.Stack:
                LoadStack(ref destination, pointer, offset, size, isSigned);
                break;
            case ValueKind.Context:
                LoadContext(ref destination, pointer.FixedOffset + offset, size, isSigned);
                break;
            case ValueKind.MapValue when pointer.HasFixedOffset && ConstantAt(pointer, pointer.FixedOffset + offset, size) is { } constant:
                destination.SetScalar(Extended(Scalar.Constant(constant), size, isSigned), context.Provenance.Add());
                break;
            default:
                SetUnknown(ref destination, size, isSigned);
                break;
        }
    }

    private void SetUnknown(ref RegisterState destination, int size, bool isSigned)
        => destination.SetScalar(Scalar.OfLoad(size * 8, isSigned), context.Provenance.Add());

    private static Scalar Extended(in Scalar number, int size, bool isSigned)
        => isSigned ? Scalar.SignExtended(number, size * 8, to64: true) : Scalar.ZeroExtended(number, size * 8);

    private ulong? ConstantAt(in RegisterState pointer, long offset, int size)
    {
        ReadOnlySpan<byte> data = context.Input.Map(pointer.Target).Constants;
        if (offset < 0 || offset + size > data.Length)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        data.Slice((int)offset, size).CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private void LoadStack(ref RegisterState destination, in RegisterState pointer, int offset, int size, bool isSigned)
    {
        if (!pointer.HasFixedOffset)
        {
            LoadSomewhere(ref destination, pointer, offset, size, isSigned);
            return;
        }

        long at = pointer.FixedOffset + offset;
        FrameState frame = context.State.Frame(pointer.Frame);
        int index = IteratorSlot.IndexOf(at);
        ref StackSlot slot = ref frame[index];
        int start = (int)(at + ((index + 1) * StackSlot.Size));
        if (start == 0 && slot.HasSpill && slot.SpillSize >= size)
        {
            LoadSpilled(ref destination, slot.Spilled, size, isSigned);
        }
        else if (slot.All(start, size, StackByte.Zero))
        {
            destination.SetScalar(Scalar.Constant(0), context.Provenance.Add());
        }
        else if (slot.HasSpill && slot.SpillSize == StackSlot.Size && slot.Spilled.IsNullConstant)
        {
            destination.SetScalar(Scalar.Constant(0), context.Provenance.Add(slot.Spilled.Node));
        }
        else
        {
            SetUnknown(ref destination, size, isSigned);
        }
    }

    /// <summary>A load from one of several places: 0 where all of them are.</summary>
    private void LoadSomewhere(ref RegisterState destination, in RegisterState pointer, int offset, int size, bool isSigned)
    {
        FrameState frame = context.State.Frame(pointer.Frame);
        long first = pointer.Offset + offset + pointer.Number.SignedMin;
        long end = pointer.Offset + offset + pointer.Number.SignedMax + size;
        int node = context.Provenance.Add();
        for (long at = first; at < end; at++)
        {
            ref StackSlot slot = ref frame[IteratorSlot.IndexOf(at)];
            StackByte kind = slot[(int)(at + ((IteratorSlot.IndexOf(at) + 1) * StackSlot.Size))];
            bool isSpilledZero = kind == StackByte.Spilled && slot.SpillSize == StackSlot.Size && slot.Spilled.IsNullConstant;
            if (kind != StackByte.Zero && !isSpilledZero)
            {
                SetUnknown(ref destination, size, isSigned);
                return;
            }

            node = isSpilledZero ? context.Provenance.Add(node, slot.Spilled.Node) : node;
        }

        destination.SetScalar(Scalar.Constant(0), node);
    }

    private void LoadSpilled(ref RegisterState destination, in RegisterState spilled, int size, bool isSigned)
    {
        if (size == StackSlot.Size)
        {
            destination = spilled;
            return;
        }

        if (spilled.IsPointer)
        {
            SetUnknown(ref destination, size, isSigned);
            return;
        }

        // What fits is the number itself, still equal to its copies.
        bool fits = isSigned ? spilled.Number.UnsignedMax < 1UL << ((size * 8) - 1) : spilled.Number.UnsignedMax < 1UL << (size * 8);
        if (fits)
        {
            destination = spilled;
            return;
        }

        Scalar number = Extended(spilled.Number, size, isSigned);
        destination.SetScalar(number, context.Provenance.Add(spilled.Node));
    }

    private void LoadContext(ref RegisterState destination, long offset, int size, bool isSigned)
    {
        ContextLayout layout = context.Input.Type.Context;
        if (ContextCheck.Find(layout, offset, size) is not { } field || field.Kind == ContextFieldKind.Scalar)
        {
            SetUnknown(ref destination, size, isSigned);
            return;
        }

        switch (field.Kind)
        {
            case ContextFieldKind.PacketStart:
                destination.SetPointer(ValueKind.Packet);
                break;
            case ContextFieldKind.PacketMeta:
                destination.SetPointer(ValueKind.PacketMeta);
                break;
            case ContextFieldKind.PacketEnd:
                destination.SetPointer(ValueKind.PacketEnd);
                break;
            case ContextFieldKind.Memory or ContextFieldKind.MemoryOrNull:
                destination.SetPointer(ValueKind.Memory);
                destination.Range = field.TargetSize;
                break;
            default:
                destination.SetPointer(ValueKind.Object, context.Input.TypeIndex(field.ObjectType));
                break;
        }

        destination.Access = field.TargetAccess;
        destination.MayBeNull = field.Kind is ContextFieldKind.MemoryOrNull or ContextFieldKind.ObjectOrNull;
        if (destination.MayBeNull || (!context.Input.AllowsLeaks && destination.Kind == ValueKind.Memory))
        {
            destination.Id = context.NewId();
        }
    }
}
