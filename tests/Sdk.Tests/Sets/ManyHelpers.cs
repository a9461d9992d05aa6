using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Sdk.Tests.Sets;

/// <summary>A struct that helpers take by reference.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Point
{
    public int X;
    public int Y;
}

public enum Colour : byte
{
    Red = 1,
    Blue = 200,
}

/// <summary>A helper for each kind of parameter and result that the generator knows.</summary>
[HelperSet("test.many")]
internal sealed unsafe partial class ManyHelpers
{
    private long _calls;

    public long Calls => _calls;

    [Helper("test.many/count", Description = "Counts its calls.")]
    public long Count() => Interlocked.Increment(ref _calls);

    [Helper("test.many/bytes")]
    public static ulong Bytes(byte first, sbyte second) => first + unchecked((ulong)(second * 1000L));

    [Helper("test.many/words")]
    public static int Words(ushort first, short second) => first + second;

    [Helper("test.many/narrow")]
    public static uint Narrow(uint value) => value + 1;

    [Helper("test.many/negative")]
    public static int Negative(int value) => -value;

    [Helper("test.many/wide")]
    public static ulong Wide(ulong first, long second, nint third, nuint fourth) => first + (ulong)second + (ulong)third + fourth;

    [Helper("test.many/flag")]
    public static bool Flag(bool value) => !value;

    [Helper("test.many/colour")]
    public static Colour Next(Colour colour) => colour == Colour.Red ? Colour.Blue : Colour.Red;

    [Helper("test.many/sum")]
    public static ulong Sum(ReadOnlySpan<byte> data)
    {
        ulong sum = 0;
        foreach (byte value in data)
        {
            sum += value;
        }

        return sum;
    }

    [Helper("test.many/length")]
    public static int Length([Argument(MaybeNull = true, SizeName = "n")] ReadOnlySpan<byte> data) => data.Length;

    [Helper("test.many/fill")]
    public static void Fill([Argument(Uninitialized = true)] Span<byte> data, byte value) => data.Fill(value);

    [Helper("test.many/double")]
    public static void Double(Span<byte> data) => MemoryMarshal.Cast<byte, ulong>(data)[0] *= 2;

    [Helper("test.many/norm")]
    public static long Norm(in Point point) => ((long)point.X * point.X) + ((long)point.Y * point.Y);

    [Helper("test.many/swap")]
    public static void Swap(ref Point point) => (point.X, point.Y) = (point.Y, point.X);

    [Helper("test.many/split")]
    public static Errno Split(ulong packed, out Point point)
    {
        point = new Point { X = (int)packed, Y = (int)(packed >> 32) };
        return packed == 0 ? Errno.EINVAL : Errno.None;
    }

    [Helper("test.many/increment")]
    public static MapValueRef Increment([Argument(Operations = MapOperations.Lookup)] MapRef map, [Argument(HelperArgumentKind.MapKey)] ReadOnlySpan<byte> key)
    {
        MapValueRef value = map.Lookup(key);
        if (!value.IsNone)
        {
            value.As<ulong>()++;
        }

        return value;
    }

    [Helper("test.many/put")]
    public static Errno Put([Argument(Operations = MapOperations.Update | MapOperations.Delete)] MapRef map, uint key, ulong value)
        => value == 0 ? map.Delete(in key) : map.Update(in key, in value, MapUpdateFlags.Any);

    [Helper("test.many/context_sum", ProgramTypes = ["test.event"])]
    public static ulong ContextSum(in EventContext context) => context.First + context.Second;

    [Helper("test.many/context_set", ProgramTypes = ["test.event"])]
    public static void ContextSet(ref EventContext context, uint value) => context.Second = value;

    [Helper("test.many/context_of", ProgramTypes = ["test.event"])]
    public static bool ContextOf(Invocation* invocation, [Argument(HelperArgumentKind.Context)] ulong context) => invocation->Context == context;

    [Helper("test.many/implicit_reference")]
    public static ulong ImplicitReference(ulong addend, ref Invocation invocation) => (ulong)invocation.Program.Name.Length + addend;

    [Helper("test.many/twice")]
    public static ulong Twice(
        Invocation* invocation,
        [Argument(HelperArgumentKind.Function, CallbackArguments = [CallbackArgumentKind.Number, CallbackArgumentKind.Context])] ulong function,
        [Argument(HelperArgumentKind.StackOrNull)] ulong state)
        => Invocation.Call(invocation, function, 1, state) + Invocation.Call(invocation, function, 2, state);

    [Helper("test.many/rest")]
    public static ulong Rest(ulong first, [Argument(IsVariadic = true)] ulong second, [Argument(IsVariadic = true)] ulong third) => first + second + third;

    [Helper("test.many/throw")]
    public static uint Throw() => throw new InvalidOperationException("as it should");
}
