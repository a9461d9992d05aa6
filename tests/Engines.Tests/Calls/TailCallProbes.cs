using Skep.Contracts;
using Skep.Maps;
using Skep.Programs;

namespace Skep.Engines.Tests.Calls;

/// <summary><c>bpf_tail_call</c> that counts how often it is called: as often as machine code did not jump.</summary>
internal sealed unsafe class CountedTailCalls : HelperSet
{
    public CountedTailCalls()
        : base("tail_call")
        => Add(new TailCallHelpers().Descriptor.Helpers[0], Call);

    public int Calls { get; private set; }

    private ulong Call(Invocation* invocation, ulong context, ulong map, ulong index, ulong r4, ulong r5)
    {
        Calls++;
        uint key = (uint)index;
        return MapHandle.Resolve(map) is IObjectMap<LoadedProgram> programs && programs.Find((byte*)&key) is { } program
            ? Invocation.TailCall(invocation, program)
            : Errno.ENOENT.ToProgram();
    }
}

/// <summary>Says how deep the stack is where it is called, as <c>bpf_ktime_get_ns</c>.</summary>
internal sealed unsafe class StackProbe : HelperSet
{
    public StackProbe()
        : base("probe")
        => Add(new HelperDescriptor("bpf_ktime_get_ns") { Number = new(5), Description = "For tests." }, Look);

    public List<nint> Addresses { get; } = [];

    private ulong Look(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        byte here;
        Addresses.Add((nint)(&here));
        return 0;
    }
}
