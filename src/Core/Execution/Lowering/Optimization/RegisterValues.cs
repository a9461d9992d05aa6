using System.Runtime.InteropServices;
using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>Which values the registers, and words of the frame, have at one point of a line of steps that control enters only at its top.</summary>
internal sealed class RegisterValues
{
    /// <summary>So many stores to the frame are remembered.</summary>
    private const int MostWords = 16;

    private readonly List<KnownValue> _values = [];
    private readonly int[] _registers = new int[Registers.Count];
    private readonly List<(long Offset, int Size, int Value)> _frame = [];

    /// <summary>Nothing is known.</summary>
    public void Forget()
    {
        _values.Clear();
        _frame.Clear();
        for (byte register = 0; register < Registers.Count; register++)
        {
            Set(register, KnownValue.Unknown());
        }
    }

    public int this[byte register] => _registers[register];

    public ref KnownValue Value(int value) => ref CollectionsMarshal.AsSpan(_values)[value];

    public ref KnownValue ValueIn(byte register) => ref Value(_registers[register]);

    /// <summary>A register gets a value that no other has.</summary>
    public void Set(byte register, KnownValue value)
    {
        value.Home = register;
        _values.Add(value);
        _registers[register] = _values.Count - 1;
    }

    /// <summary>A register gets a value that is known already.</summary>
    public void Set(byte register, int value)
    {
        _registers[register] = value;
        if (!IsHeld(value))
        {
            Value(value).Home = register;
        }
    }

    /// <summary>The register that the value of another is best read from.</summary>
    public byte HomeOf(byte register)
    {
        ref KnownValue value = ref ValueIn(register);
        if (!IsHeld(_registers[register]))
        {
            value.Home = register;
        }

        return value.Home;
    }

    /// <summary>Whether the register that was the first to have a value still has it.</summary>
    public bool IsHeld(int value) => _registers[Value(value).Home] == value;

    /// <summary>The value that another one is so many bytes beyond, and how many.</summary>
    public (int Base, long Offset) PlaceOf(byte register)
    {
        ref KnownValue value = ref ValueIn(register);
        return value.Base < 0 ? (_registers[register], 0) : (value.Base, value.Offset);
    }

    public bool IsFrame(int value) => value == _registers[(byte)Registers.FramePointer];

    /// <summary>What a load of the frame reads; -1 when it is not known.</summary>
    public int FindInFrame(long offset, int size)
    {
        foreach ((long at, int bytes, int value) in _frame)
        {
            if (at == offset && bytes == size)
            {
                return value;
            }
        }

        return -1;
    }

    public void StoreToFrame(long offset, int size, int value)
    {
        for (int i = _frame.Count - 1; i >= 0; i--)
        {
            if (_frame[i].Offset < offset + size && offset < _frame[i].Offset + _frame[i].Size)
            {
                _frame.RemoveAt(i);
            }
        }

        if (_frame.Count < MostWords)
        {
            _frame.Add((offset, size, value));
        }
    }

    /// <summary>A constant that is stored: it has a value of its own, which no register holds.</summary>
    public int Add(ulong constant)
    {
        _values.Add(KnownValue.Of(constant));
        return _values.Count - 1;
    }

    /// <summary>Memory may have changed anywhere.</summary>
    public void ForgetFrame() => _frame.Clear();
}
