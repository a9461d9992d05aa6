using Skep.Contracts;
using Skep.Programs;

namespace Skep.Maps;

/// <summary><c>bpf_tail_call</c>; its prototype is that of kernel/bpf/verifier.c and include/uapi/linux/bpf.h.</summary>
public sealed unsafe class TailCallHelpers : HelperSet
{
    public TailCallHelpers()
        : base("tail_call")
    {
        Add(
            new HelperDescriptor("bpf_tail_call")
            {
                Number = new(12),
                Description = "Goes on in the program at an index of a prog_array, and does not return; goes on behind the call when there is none, or after 33 such calls in a run.",
                Arguments =
                [
                    new(HelperArgumentKind.Context, "ctx"),
                    new(HelperArgumentKind.ConstMap, "prog_array_map") { Operations = MapOperations.TailCall },
                    new(HelperArgumentKind.Anything, "index"),
                ],
                Result = HelperResult.Void,
                IsTailCall = true,
                Intrinsic = HelperIntrinsic.TailCall,
            },
            Call);
    }

    private static ulong Call(Invocation* invocation, ulong context, ulong map, ulong index, ulong r4, ulong r5)
    {
        uint key = (uint)index;
        return MapHandle.Resolve(map) is IObjectMap<LoadedProgram> programs && programs.Find((byte*)&key) is { } program
            ? Invocation.TailCall(invocation, program)
            : Errno.ENOENT.ToProgram();
    }
}
