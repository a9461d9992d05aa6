using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>
/// Numbers one after the other, for open-coded loops (<c>bpf_for</c>): the kernel's named functions of kernel/bpf/bpf_iter.c. The iterator lies on the program's
/// stack; whatever stands there, these functions touch nothing else.
/// </summary>
public sealed unsafe class NumberIteratorHelpers : HelperSet
{
    private const string Kind = "num";

    public NumberIteratorHelpers()
        : base("iterator")
    {
        Add(
            new HelperDescriptor("bpf_iter_num_new")
            {
                Description = "Begins the numbers from start up to end, without it; -EINVAL when start is behind end, -E2BIG for more than 8388608.",
                Arguments = [Iterator(HelperArgumentFlags.Uninitialized), Argument.Number("start"), Argument.Number("end")],
            },
            static (_, iterator, start, end, _, _) => New((State*)iterator, (int)start, (int)end).ToProgram());
        Add(
            new HelperDescriptor("bpf_iter_num_next")
            {
                Description = "The next number, or 0 after the last one.",
                Arguments = [Iterator(HelperArgumentFlags.None)],
                Result = new HelperResult(HelperResultKind.MemoryOrNull) { FixedSize = sizeof(int), Access = MemoryAccess.Read },
            },
            static (_, iterator, _, _, _, _) => (ulong)Next((State*)iterator));
        Add(
            new HelperDescriptor("bpf_iter_num_destroy")
            {
                Description = "Ends an iterator.",
                Arguments = [Iterator(HelperArgumentFlags.Releases)],
                Result = HelperResult.Void,
            },
            static (_, iterator, _, _, _, _) =>
            {
                *(State*)iterator = default;
                return 0;
            });
    }

    private static HelperArgument Iterator(HelperArgumentFlags flags) => new(HelperArgumentKind.Iterator, "it", flags) { ObjectType = Kind, FixedSize = sizeof(State) };

    private static Errno New(State* state, int start, int end)
    {
        *state = default;
        if (start > end)
        {
            return Errno.EINVAL;
        }

        if ((long)end - start > LoopHelpers.MaxLoops)
        {
            return Errno.E2BIG;
        }

        state->Current = unchecked(start - 1);
        state->End = end;
        return Errno.None;
    }

    private static int* Next(State* state)
    {
        int next = unchecked(state->Current + 1);
        if (next >= state->End)
        {
            *state = default;
            return null;
        }

        state->Current = next;
        return &state->Current;
    }

    /// <summary><c>struct bpf_iter_num_kern</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct State
    {
        public int Current;
        public int End;
    }
}
