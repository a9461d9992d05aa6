using System.Text;
using Skep.Contracts;
using Skep.Programs;
using Skep.ProgramTypes;
using Skep.TestDoubles;

namespace Skep.Helpers.Tests;

/// <summary>Calls helpers as an engine does, from inside a run.</summary>
internal static unsafe class HelperCall
{
    /// <summary>Calls a helper with at most five values.</summary>
    public static ulong Call(this IHelperSet set, string name, EventOrigin origin, params ulong[] values)
        => set.CallOn(new TracepointType(), MemoryRegion.None, name, origin, values);

    public static ulong CallOn(this IHelperSet set, IProgramType type, MemoryRegion context, string name, EventOrigin origin, params ulong[] values)
    {
        HelperFunction function = set.GetFunction(set.Descriptor.Helpers.Single(helper => helper.Name == name));
        ulong[] r = [.. values, .. new ulong[5 - values.Length]];
        using LoadedProgram program = ProgramDouble.Create(type, (invocation, _) => function(invocation, r[0], r[1], r[2], r[3], r[4]));
        return program.RunEvent(context, origin).Value;
    }

    public static ulong Address(void* pointer) => (ulong)pointer;

    public static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    public static ulong Fault { get; } = Errno.EFAULT.ToProgram();
}
