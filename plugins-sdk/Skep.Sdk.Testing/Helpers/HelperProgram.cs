using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Skep.Contracts;

namespace Skep.Testing;

/// <summary>
/// A program that calls one helper with arguments from its event: 64 bytes (or more) of the event for each argument, which are the number or size, or are copied to the stack and back where the
/// argument is memory. R0 is the result; of pointers, whether there is one.
/// </summary>
internal sealed class HelperProgram
{
    private const int LeastRoom = 64;
    private const int MostStack = 500;

    private readonly HelperDescriptor _helper;
    private readonly ImmutableArray<HelperDescriptor> _set;
    private readonly IReadOnlyDictionary<int, HelperMap> _maps;
    private readonly int[] _rooms;
    private readonly int[] _offsets;
    private readonly StringBuilder _text = new();
    private readonly int _stackBytes;
    private int _broken = -1;
    private bool _mayFail;

    /// <param name="set">The helpers beside it, which may be what acquires an argument.</param>
    /// <param name="maps">By argument.</param>
    public HelperProgram(HelperDescriptor helper, ImmutableArray<HelperDescriptor> set, IReadOnlyDictionary<int, HelperMap> maps)
    {
        _helper = helper;
        _set = set;
        _maps = maps;
        _rooms = [.. helper.Arguments.Select(RoomOf)];
        _offsets = new int[_rooms.Length + 1];
        for (int i = 0; i < _rooms.Length; i++)
        {
            _offsets[i + 1] = _offsets[i] + _rooms[i];
        }

        _stackBytes = _offsets[^1];
    }

    /// <summary>How long its event is, in bytes.</summary>
    public int EventBytes => Math.Max(_stackBytes, 8);

    /// <summary>Why such a program cannot be written without the plugin author; null when it can.</summary>
    public string? Obstacle
        => _stackBytes > MostStack ? $"its arguments need {_stackBytes} bytes of stack"
            : _helper.Arguments.Select(ObstacleOf).FirstOrDefault(obstacle => obstacle is not null);

    /// <summary>The size that a run with such an event gives for a size argument, in bytes.</summary>
    public ulong SizeIn(ReadOnlySpan<byte> data, int argument)
    {
        ulong given = BitConverter.ToUInt64(data[_offsets[argument]..]) & (LeastRoom - 1);
        return _helper.Arguments[argument].Kind == HelperArgumentKind.Size ? given + 1 : given;
    }

    /// <summary>The number that a run with such an event gives.</summary>
    public Span<byte> NumberIn(Span<byte> data, int argument) => data.Slice(_offsets[argument], sizeof(ulong));

    public string Text() => Write(-1, leaks: false);

    /// <summary>The same with one argument that is not what the prototype asks for.</summary>
    public string TextWithout(int argument) => Write(argument, leaks: false);

    /// <summary>The same without giving back what is acquired.</summary>
    public string LeakingText() => Write(-1, leaks: true);

    private static int RoomOf(HelperArgument argument) => argument.Kind switch
    {
        HelperArgumentKind.Iterator => RoundUp(argument.FixedSize),
        _ => Math.Max(LeastRoom, RoundUp(argument.FixedSize)),
    };

    private static int RoundUp(int size) => (size + 7) & ~7;

    private string? ObstacleOf(HelperArgument argument, int index) => argument.Kind switch
    {
        HelperArgumentKind.ConstMap when !_maps.ContainsKey(index) => $"argument {argument.Name} is a map that offers {argument.Operations}, and there is none",
        HelperArgumentKind.MapKey or HelperArgumentKind.MapValue when MapSize(index) > LeastRoom => $"the map's keys or values are larger than {LeastRoom} bytes",
        HelperArgumentKind.AcquiredMemory or HelperArgumentKind.Object when Acquirer(argument) is null => $"no helper of the set acquires {argument.ObjectType}",
        HelperArgumentKind.SpinLock or HelperArgumentKind.Timer or HelperArgumentKind.DynamicPointer or HelperArgumentKind.Iterator => $"argument {argument.Name} is a {argument.Kind}",
        _ => null,
    };

    private uint MapSize(int index)
    {
        HelperMap? map = MapBefore(index);
        return map is null ? uint.MaxValue : _helper.Arguments[index].Kind == HelperArgumentKind.MapKey ? map.Spec.KeySize : map.Spec.ValueSize;
    }

    private HelperMap? MapBefore(int index)
    {
        for (int i = index - 1; i >= 0; i--)
        {
            if (_maps.TryGetValue(i, out HelperMap? map))
            {
                return map;
            }
        }

        return null;
    }

    private HelperDescriptor? Acquirer(HelperArgument argument)
        => _set.FirstOrDefault(other => other.Result.Acquires && other.Result.ObjectType == argument.ObjectType
            && other.Arguments.All(own => own.Kind is HelperArgumentKind.Anything or HelperArgumentKind.AllocationSize or HelperArgumentKind.ConstMap or HelperArgumentKind.Context));

    private string Write(int broken, bool leaks)
    {
        _broken = broken;
        _text.Clear();
        _mayFail = false;
        Line("r6 = r1");
        Acquire();
        for (int i = 0; i < _rooms.Length; i++)
        {
            CopyIn(i);
        }

        for (int i = 0; i < _rooms.Length; i++)
        {
            Argument(i);
        }

        for (int i = _rooms.Length; _helper.IsVariadic && i < 5; i++)
        {
            Line($"r{i + 1} = {i}");
        }

        Line($"call {_helper.Name}");
        Result(leaks);
        return _text.ToString();
    }

    private void Line(string line) => _text.Append(line).Append('\n');

    private void OrNone(int register)
    {
        Line($"if r{register} == 0 goto none");
        _mayFail = true;
    }

    private static string At(int offset) => offset.ToString("+0;-0", CultureInfo.InvariantCulture);

    private int StackOf(int argument) => _offsets[argument] - _stackBytes;

    private static bool IsCopied(HelperArgument argument)
        => argument.Kind is HelperArgumentKind.MapKey or HelperArgumentKind.MapValue or HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory;

    /// <summary>What a helper of the set must have given before this one can be called.</summary>
    private void Acquire()
    {
        if (_helper.Arguments.FirstOrDefault(argument => argument.Kind is HelperArgumentKind.AcquiredMemory or HelperArgumentKind.Object) is not { } needed)
        {
            return;
        }

        HelperDescriptor acquirer = Acquirer(needed)!;
        for (int i = 0; i < acquirer.Arguments.Length; i++)
        {
            Line(acquirer.Arguments[i].Kind switch
            {
                HelperArgumentKind.AllocationSize => $"r{i + 1} = 8",
                HelperArgumentKind.Context => $"r{i + 1} = r6",
                HelperArgumentKind.ConstMap => $"r{i + 1} = map[{_maps.GetValueOrDefault(-1)?.Spec.Name}]",
                _ => $"r{i + 1} = 0",
            });
        }

        Line($"call {acquirer.Name}");
        OrNone(0);
        Line("r8 = r0");
    }

    private void CopyIn(int argument)
    {
        if (!IsCopied(_helper.Arguments[argument]))
        {
            return;
        }

        for (int at = 0; at < _rooms[argument]; at += 8)
        {
            Line($"r1 = *(u64 *)(r6 {At(_offsets[argument] + at)})");
            Line($"*(u64 *)(r10 {At(StackOf(argument) + at)}) = r1");
        }
    }

    private void Argument(int index)
    {
        HelperArgument argument = _helper.Arguments[index];
        string register = $"r{index + 1}";
        if (index == _broken)
        {
            // A number for a pointer, and what nobody knows for a size.
            Line(argument.Kind is HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero or HelperArgumentKind.AllocationSize
                ? $"{register} = *(u64 *)(r6 {At(_offsets[index])})"
                : $"{register} = 1");
            return;
        }

        string number = $"{register} = *(u64 *)(r6 {At(_offsets[index])})";
        Line(argument.Kind switch
        {
            HelperArgumentKind.ConstMap => $"{register} = map[{_maps[index].Spec.Name}]",
            HelperArgumentKind.Size => $"{number}\n{register} &= {LeastRoom - 1}\n{register} += 1",
            HelperArgumentKind.SizeOrZero => $"{number}\n{register} &= {LeastRoom - 1}",
            HelperArgumentKind.AllocationSize => $"{register} = 8",
            HelperArgumentKind.Context => $"{register} = r6",
            HelperArgumentKind.ConstString => $"{register} = map[{HelperMap.TextName}][0]+0",
            HelperArgumentKind.Function => $"{register} = func callback",
            HelperArgumentKind.StackOrNull => $"{register} = 0",
            HelperArgumentKind.AcquiredMemory or HelperArgumentKind.Object => $"{register} = r8",
            _ when IsCopied(argument) => $"{register} = r10\n{register} += {StackOf(index)}",
            _ => number,
        });
    }

    private void Result(bool leaks)
    {
        Line(_helper.Result.Kind == HelperResultKind.Void ? "r7 = 0" : "r7 = r0");
        if (_helper.Result.Acquires)
        {
            OrNone(7);
            if (!leaks)
            {
                Line($"r1 = r7\nr2 = 0\nr3 = 0\nr4 = 0\nr5 = 0\ncall {_helper.Result.ReleasedBy}");
            }

            Line("r7 = 1");
        }
        else if (_helper.Result.IsPointer)
        {
            OrNone(7);
            Line("r7 = 1");
        }

        bool keepsHeld = _helper.Arguments.Any(argument => argument.Kind is HelperArgumentKind.AcquiredMemory or HelperArgumentKind.Object)
            && !_helper.Arguments.Any(argument => argument.Releases);
        if (keepsHeld && _set.FirstOrDefault(other => other.Result.Acquires && _helper.Arguments.Any(argument => argument.ObjectType == other.Result.ObjectType)) is { } acquirer)
        {
            Line($"r1 = r8\nr2 = 0\nr3 = 0\nr4 = 0\nr5 = 0\ncall {acquirer.Result.ReleasedBy}");
        }

        CopyOut();
        Line("r0 = r7\nexit");
        if (_mayFail)
        {
            Line("none:\nr0 = 0\nexit");
        }

        if (_helper.Arguments.Any(argument => argument.Kind == HelperArgumentKind.Function))
        {
            Line("callback:\nr0 = 0\nexit");
        }
    }

    private void CopyOut()
    {
        for (int i = 0; i < _rooms.Length; i++)
        {
            for (int at = 0; IsCopied(_helper.Arguments[i]) && at < _rooms[i]; at += 8)
            {
                Line($"r1 = *(u64 *)(r10 {At(StackOf(i) + at)})");
                Line($"*(u64 *)(r6 {At(_offsets[i] + at)}) = r1");
            }
        }
    }
}
