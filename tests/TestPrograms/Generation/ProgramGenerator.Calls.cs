using Skep.Contracts;
using Skep.Isa;
using Skep.TestPrograms.Registries;

namespace Skep.TestPrograms.Generation;

/// <content>Calls: of the program's functions, of helpers, with callbacks and iterators.</content>
internal sealed partial class ProgramGenerator
{
    private const int Loops = 181;
    private const int Reserve = 131;

    private static readonly HelperDescriptor[] Numbered =
        [.. TestRegistry.Instance.Helpers.Where(helper => helper.Descriptor.Number is not null).Select(helper => helper.Descriptor)];

    private void Call()
    {
        if (!_isMain || _functions >= MostFunctions)
        {
            Arithmetic();
            return;
        }

        int function = _functions > 0 && _random.OneIn(3) ? _random.Below(_functions) : _functions++;
        if (_random.OneIn(4) && !isDeterministic)
        {
            CallBack(function);
            return;
        }

        if (!_registers[1].IsNumber)
        {
            Emit(Operation.Move64Immediate, 1, immediate: _random.Between(-4, 64));
        }

        if (!_registers[2].IsNumber)
        {
            Emit(Operation.Move64Register, 2, _random.OneIn(5) ? 10 : PickNumber());
        }

        _calls.Add((_code.Count, function, false));
        Emit(Operation.CallLocal);
        Clobber();
        Set(0, new RegisterModel(Holds.Number));
    }

    private void CallBack(int function)
    {
        Emit(Operation.Move64Immediate, 1, immediate: _random.Between(0, 9));
        _calls.Add((_code.Count, function, true));
        EmitWide(Operation.LoadFunction, 2, 0);
        if (_random.OneIn(2))
        {
            Move(3, 10);
            Emit(Operation.Add64Immediate, 3, immediate: -8);
        }
        else
        {
            Emit(Operation.Move64Immediate, 3);
        }

        Emit(Operation.Move64Immediate, 4);
        Emit(Operation.CallHelper, immediate: Loops);
        Clobber();
        Set(0, new RegisterModel(Holds.Number));
    }

    private void Helper()
    {
        if (isDeterministic)
        {
            Lookup();
            return;
        }

        switch (_random.Below(8))
        {
            case 0:
                ReserveRecord();
                return;
            case 1 when _depth < 2:
                Iterate();
                return;
        }

        HelperDescriptor helper = Numbered[_random.Below(Numbered.Length)];
        if (helper.Lock != LockEffect.None || helper.Arguments.Any(argument => argument.Kind is HelperArgumentKind.Function or HelperArgumentKind.Timer or HelperArgumentKind.DynamicPointer))
        {
            return;
        }

        if (!helper.ProgramTypes.IsEmpty && !helper.ProgramTypes.Contains(_type) && !_random.OneIn(40))
        {
            return;
        }

        for (int i = 0; i < helper.Arguments.Length; i++)
        {
            Argument(helper, i);
        }

        Emit(Operation.CallHelper, immediate: helper.Number!.Value.Value);
        Clobber();
        if (helper.InvalidatesPackets)
        {
            _packetRange = 0;
            for (int i = 0; i < _registers.Length; i++)
            {
                _registers[i] = _registers[i].Kind is Holds.Packet or Holds.PacketEnd ? default : _registers[i];
            }
        }

        Set(0, helper.Result.Kind switch
        {
            HelperResultKind.Integer => new RegisterModel(Holds.Number),
            HelperResultKind.MapValueOrNull => new RegisterModel(Holds.MapValueOrNull, Map: _argumentMap),
            _ => default,
        });
    }

    private int _argumentMap;

    private void Argument(HelperDescriptor helper, int index)
    {
        HelperArgument argument = helper.Arguments[index];
        int register = index + 1;
        switch (argument.Kind)
        {
            case HelperArgumentKind.ConstMap:
                _argumentMap = PickMap(isKeyed: true);
                EmitWide(Operation.LoadMapByDescriptor, register, _argumentMap);
                break;
            case HelperArgumentKind.MapKey:
                Key(_argumentMap, register);
                break;
            case HelperArgumentKind.Context:
                Emit(Operation.Move64Register, register, Find(model => model.Kind == Holds.Context) ?? 6);
                break;
            case HelperArgumentKind.MapValue or HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory:
                if (_random.OneIn(4) && Find(model => model.Kind is Holds.MapValue or Holds.Packet) is { } memory)
                {
                    Emit(Operation.Move64Register, register, memory);
                }
                else
                {
                    Emit(Operation.Move64Register, register, 10);
                    Emit(Operation.Add64Immediate, register, immediate: _random.Pick<int>([-8, -16, -48, -64, -96]));
                }

                break;
            case HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero:
                if (_random.OneIn(4))
                {
                    Emit(Operation.Move64Register, register, MakeBounded(_random.Pick<int>([7, 15, 31])));
                }
                else
                {
                    Emit(Operation.Move64Immediate, register, immediate: _random.Pick<int>([0, 1, 4, 8, 8, 16, 48]));
                }

                break;
            default:
                Emit(Operation.Move64Immediate, register, immediate: _random.OneIn(2) ? 0 : _random.Between(-2, 64));
                break;
        }

        Set(register, default);
    }

    private void ReserveRecord()
    {
        int size = _random.Pick<int>([1, 8, 16, 24]);
        EmitWide(Operation.LoadMapByDescriptor, 1, Array.IndexOf(GeneratedProgram.Maps, "ringbuf"));
        Emit(Operation.Move64Immediate, 2, immediate: size);
        Emit(Operation.Move64Immediate, 3);
        Emit(Operation.CallHelper, immediate: Reserve);
        Clobber();
        Set(0, new RegisterModel(Holds.RecordOrNull, Map: size));
        byte record = PickSaved();
        Move(record, 0);
        if (!_random.OneIn(12))
        {
            CheckNull(_random.OneIn(2) ? (byte)0 : record);
        }
    }

    private void Submit()
    {
        if (_random.OneIn(12))
        {
            return;
        }

        byte record = Find(model => model.Kind == Holds.Record) ?? 0;
        Emit(Operation.Move64Register, 1, record);
        Emit(Operation.Move64Immediate, 2);
        Emit(Operation.CallHelper, immediate: _random.Between(132, 133));
        Clobber();
        Set(record, default);
    }

    private void Iterate()
    {
        void Point()
        {
            Emit(Operation.Move64Register, 1, 10);
            Emit(Operation.Add64Immediate, 1, immediate: -96);
        }

        Point();
        Emit(Operation.Move64Immediate, 2, immediate: _random.Below(3));
        Emit(Operation.Move64Immediate, 3, immediate: _random.Below(9));
        Emit(Operation.CallNamed, immediate: 0);
        Clobber();
        int top = _code.Count;
        Point();
        Emit(Operation.CallNamed, immediate: 1);
        Clobber();
        int jump = _code.Count;
        Emit(Operation.JumpEqual64Immediate, 0);
        (RegisterModel[], RegisterModel[], int) before = Save();
        byte element = PickSaved();
        Emit(Operation.Load32, element, 0);
        Set(element, new RegisterModel(Holds.Number));
        _depth += 2;
        Block(_random.Between(0, 3));
        _depth -= 2;
        Emit(Operation.Jump, offset: top - _code.Count - 1);
        Aim(jump);
        Merge(before);
        Point();
        Emit(Operation.CallNamed, immediate: 2);
        Clobber();
    }
}
