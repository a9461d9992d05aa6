using Skep.Contracts;
using Skep.Isa;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Registries;

namespace Skep.TestPrograms.Generation;

/// <content>Memory: the stack, map values, packets, the context.</content>
internal sealed partial class ProgramGenerator
{
    // Below the slots that hold anything.
    private const int KeyOffset = -8 * (StackSlots + 4);

    private static readonly int[] ValueSizes = [.. GeneratedProgram.Maps.Select(name => (int)CorpusMaps.Find(name)!.ValueSize)];

    private static readonly int[] KeySizes = [.. GeneratedProgram.Maps.Select(name => (int)CorpusMaps.Find(name)!.KeySize)];

    private static int OffsetOf(int slot) => -8 * (slot + 1);

    private int Size() => 1 << _random.Below(4);

    private static Operation Sized(Operation ofOne, int size) => (Operation)((int)ofOne + System.Numerics.BitOperations.Log2((uint)size));

    private void StoreStack()
    {
        int slot = _random.Below(_random.OneIn(3) ? StackSlots : 4);
        byte? pointer = _random.OneIn(4) ? Find(model => model.Kind == Holds.Stack && model.Bound == 0) : null;
        int from = pointer is { } register ? _registers[register].Offset : 0;
        int place = OffsetOf(slot) - from;
        int target = pointer ?? 10;
        if (_random.OneIn(3))
        {
            int size = Size();
            int within = _random.Below(8 / size) * size;
            Emit(Sized(Operation.StoreImmediate8, size), target, offset: place + within, immediate: _random.OneIn(2) ? 0 : (int)_random.Number());
            _stack[slot] = size == 8 ? new RegisterModel(Holds.Number) : _stack[slot].IsNumber ? _stack[slot] : default;
            return;
        }

        byte value = _random.OneIn(3) ? Find(model => model.Kind is not (Holds.Nothing or Holds.Number or Holds.Bounded)) ?? PickNumber() : PickNumber();
        bool isWhole = _registers[value].IsNumber ? _random.OneIn(2) : !_random.OneIn(30);
        int bytes = isWhole ? 8 : Size();
        Emit(Sized(Operation.StoreRegister8, bytes), target, value, place + (_random.OneIn(4) ? _random.Below(8 / bytes) * bytes : 0));
        _stack[slot] = bytes == 8 ? _registers[value] : _stack[slot].IsNumber ? new RegisterModel(Holds.Number) : default;
    }

    private void LoadStack()
    {
        int slot = _random.Below(_random.OneIn(3) ? StackSlots : 4);
        for (int i = 0; i < StackSlots && _stack[slot].Kind == Holds.Nothing && !_random.OneIn(40); i++)
        {
            slot = (slot + 1) % StackSlots;
        }

        byte register = PickFree();
        int size = _stack[slot].IsNumber && _random.OneIn(2) ? Size() : 8;
        int within = _random.OneIn(3) ? _random.Below(8 / size) * size : 0;
        bool isSigned = size < 8 && _random.OneIn(5);
        Emit(isSigned ? Sized(Operation.LoadSigned8, size) : Sized(Operation.Load8, size), register, 10, OffsetOf(slot) + within);
        Set(register, size == 8 ? _stack[slot] : new RegisterModel(Holds.Number));
    }

    private void StackPointer()
    {
        byte register = PickFree();
        int slot = _random.Below(StackSlots);
        Move(register, 10);
        Emit(Operation.Add64Immediate, register, immediate: OffsetOf(slot));
        Set(register, new RegisterModel(Holds.Stack, OffsetOf(slot)));
    }

    /// <summary>A key on the stack, as long as the map's, in stores as wide.</summary>
    private void Key(int map, int register)
    {
        int width = KeySizes[map] >= 8 ? 8 : 4;
        for (int at = 0; at < Math.Max(KeySizes[map], 4); at += width)
        {
            if (_random.OneIn(2))
            {
                byte number = MakeBoundedOrNumber();
                Emit(Sized(Operation.StoreRegister8, width), 10, number, KeyOffset + at);
            }
            else
            {
                Emit(Sized(Operation.StoreImmediate8, width), 10, offset: KeyOffset + at, immediate: _random.Below(10));
            }
        }

        Move(register, 10);
        Emit(Operation.Add64Immediate, register, immediate: KeyOffset);
    }

    private byte MakeBoundedOrNumber() => _random.OneIn(2) ? MakeBounded(7) : PickNumber();

    private int PickMap(bool isKeyed)
    {
        int map = isDeterministic ? _random.Below(3) : _random.Below(_random.OneIn(3) ? GeneratedProgram.Maps.Length : 4);
        return isKeyed && KeySizes[map] == 0 && !_random.OneIn(20) ? 0 : map;
    }

    private void Lookup()
    {
        if (!isDeterministic && _random.OneIn(4))
        {
            // Global data: no look-up and never null.
            byte register = PickFree();
            int data = _random.Pick<int>([2, 3, 4]);
            int offset = _random.OneIn(3) ? _random.Below(ValueSizes[data]) : 0;
            EmitWide(Operation.LoadMapValueByDescriptor, register, data, offset);
            Set(register, new RegisterModel(Holds.MapValue, offset, Map: data));
            return;
        }

        int map = PickMap(isKeyed: true);
        Key(map, 2);
        EmitWide(Operation.LoadMapByDescriptor, 1, map);
        Emit(Operation.CallHelper, immediate: 1);
        Clobber();
        Set(0, new RegisterModel(Holds.MapValueOrNull, Map: map));
        if (_random.OneIn(2))
        {
            Move(PickSaved(), 0);
        }

        if (!_random.OneIn(8))
        {
            CheckNull(0);
        }
    }

    private int SizeOf(RegisterModel model) => model.Kind switch
    {
        Holds.MapValue => ValueSizes[model.Map],
        Holds.Record => model.Map,
        Holds.Packet => _packetRange,
        _ => 0,
    };

    /// <summary>Reads or writes memory that some register points to; mostly inside.</summary>
    private void Access()
    {
        if (Find(model => model.IsMemory && model.Kind != Holds.Stack) is not { } register)
        {
            if (_random.OneIn(2))
            {
                StoreStack();
            }
            else
            {
                LoadStack();
            }

            return;
        }

        RegisterModel model = _registers[register];
        int size = Size();
        int room = SizeOf(model) - model.Offset - model.Bound - size;
        int offset = room < 0 ? -_random.Below(8) : _random.OneIn(40) ? room + _random.Between(0, 2) : _random.Below(room + 1);
        offset = _random.OneIn(3) ? offset : offset / size * size;
        switch (_random.Below(8))
        {
            case 0 or 1 or 2:
                byte destination = PickFree();
                Emit(size < 8 && _random.OneIn(5) ? Sized(Operation.LoadSigned8, size) : Sized(Operation.Load8, size), destination, register, offset);
                Set(destination, new RegisterModel(Holds.Number));
                break;
            case 3 or 4:
                Emit(Sized(Operation.StoreRegister8, size), register, PickNumber(), offset);
                break;
            case 5:
                Emit(Sized(Operation.StoreImmediate8, size), register, offset: offset, immediate: (int)_random.Number());
                break;
            default:
                Atomic(register, offset);
                break;
        }
    }

    private void Atomic(byte register, int offset)
    {
        byte value = PickNumber();
        bool is64 = _random.OneIn(2);
        int size = is64 ? 8 : 4;
        Operation first = is64 ? Operation.AtomicAdd64 : Operation.AtomicAdd32;
        int kind = _random.Below(10);
        if (kind == 9 && !_registers[0].IsNumber)
        {
            kind = 4;
        }

        if (value == register)
        {
            return;
        }

        Emit((Operation)((int)first + kind), register, value, _random.OneIn(20) ? offset : offset / size * size);
        if (kind is >= 4 and <= 8)
        {
            Set(value, new RegisterModel(Holds.Number));
        }
        else if (kind == 9)
        {
            Set(0, new RegisterModel(Holds.Number));
        }
    }

    /// <summary>Adds a number to a pointer; mostly one that is small enough.</summary>
    private void Index()
    {
        if (Find(model => model.IsMemory) is not { } pointer)
        {
            StackPointer();
            return;
        }

        RegisterModel model = _registers[pointer];
        int room = model.Kind == Holds.Stack ? 16 : Math.Max(SizeOf(model) - model.Offset - 8, 1);
        byte index = _random.OneIn(12) ? PickNumber() : MakeBounded(Math.Min(room, _random.Pick<int>([3, 7, 15, 31, 40])));
        byte result = PickFree();
        if (result != pointer && result != index && !_random.OneIn(4))
        {
            Move(result, pointer);
        }
        else
        {
            result = pointer;
        }

        Emit(_random.OneIn(10) ? Operation.Subtract64Register : Operation.Add64Register, result, index);
        Set(result, model with { Bound = model.Bound + _registers[index].Bound });
        if (_random.OneIn(4))
        {
            int fixedPart = _random.Between(-4, 8);
            Emit(Operation.Add64Immediate, result, immediate: fixedPart);
            Set(result, _registers[result] with { Offset = model.Offset + fixedPart });
        }

        if (model.Kind == Holds.Stack)
        {
            int size = Size();
            Emit(_random.OneIn(2) ? Sized(Operation.StoreRegister8, size) : Sized(Operation.StoreImmediate8, size), result, _random.OneIn(2) ? PickNumber() : 0, 0, 0);
            FixLast();
        }
        else
        {
            Access();
        }
    }

    /// <summary>The store that was emitted last has only the operands of its form.</summary>
    private void FixLast()
    {
        Instruction last = _code[^1];
        _code[^1] = last.Row.UsesSourceRegister ? last with { Source = _registers[last.Source].IsNumber ? last.Source : (byte)10 } : last with { Source = 0 };
    }

    private void Packet()
    {
        bool hasPacket = _type is "xdp" or "sched_cls" or "sched_act" or "cgroup_skb";
        if (!hasPacket || !_isMain || Find(model => model.Kind == Holds.Context) is not { } context)
        {
            LoadContext();
            return;
        }

        byte start = (byte)_random.Between(2, 5);
        byte end = (byte)(start == 5 ? 2 : start + 1);
        byte after = PickSaved();
        bool isXdp = _type == "xdp";
        Emit(Operation.Load32, start, context, isXdp ? 0 : 76);
        Emit(Operation.Load32, end, context, isXdp ? 4 : 80);
        Set(start, new RegisterModel(Holds.Packet));
        Set(end, new RegisterModel(Holds.PacketEnd));
        Move(after, start);
        int length = _random.Pick<int>([1, 2, 8, 14, 20, 34, 42, 64]);
        int bound = 0;
        if (_random.OneIn(3))
        {
            byte index = MakeBounded(_random.Pick<int>([7, 15, 63]));
            if (index == start || index == end || index == after)
            {
                return;
            }

            bound = _registers[index].Bound;
            Emit(Operation.Add64Register, start, index);
            Move(after, start);
        }

        Emit(Operation.Add64Immediate, after, immediate: length);
        Set(after, new RegisterModel(Holds.Packet, length, bound));
        bool isMirrored = _random.OneIn(3);
        Operation compare = _random.Pick<Operation>([Operation.JumpGreaterThan64Register, Operation.JumpGreaterThan64Register, Operation.JumpGreaterOrEqual64Register, Operation.JumpLessThan64Register]);
        int jump = _code.Count;
        Emit(compare, isMirrored ? end : after, isMirrored ? after : end);
        (RegisterModel[], RegisterModel[], int) before = Save();
        _packetRange = length;
        _depth++;
        Set(start, new RegisterModel(Holds.Packet));
        for (int i = _random.Between(1, 3); i > 0; i--)
        {
            Access();
        }

        Block(_random.Between(0, 2));
        _depth--;
        Aim(jump);
        Merge(before);
    }

    private void LoadContext()
    {
        if (Find(model => model.Kind == Holds.Context) is not { } context)
        {
            Arithmetic();
            return;
        }

        ContextLayout layout = TestProgramTypes.Find(_type).Descriptor.Context;
        byte register = PickFree();
        if (isDeterministic || register == context)
        {
            return;
        }

        if (layout.Fields.IsEmpty)
        {
            int bytes = Size();
            Emit(Sized(Operation.Load8, bytes), register, context, _random.Below(Math.Min(layout.Size, 160) / bytes) * bytes + (_random.OneIn(30) ? 1 : 0));
        }
        else
        {
            ContextField field = layout.Fields[_random.Below(layout.Fields.Length)];
            int size = _random.OneIn(6) ? Size() : field.Size;
            if (_random.OneIn(4) && field.Access == MemoryAccess.ReadWrite)
            {
                Emit(Sized(Operation.StoreRegister8, size), context, PickNumber(), field.Offset);
                return;
            }

            Emit(_random.OneIn(20) && size < 8 ? Sized(Operation.LoadSigned8, size) : Sized(Operation.Load8, size), register, context, field.Offset + (_random.OneIn(20) ? size : 0));
            if (field.Kind != ContextFieldKind.Scalar)
            {
                Set(register, default);
                return;
            }
        }

        Set(register, new RegisterModel(Holds.Number));
    }
}
