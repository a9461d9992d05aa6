using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>
/// Numbers one after the other, for open-coded loops (<c>bpf_for</c>): the kernel's named functions of kernel/bpf/bpf_iter.c. The iterator lies on the program's
/// stack; whatever stands there, these functions touch nothing else.
/// </summary>
[HelperSet("iterator")]
public sealed unsafe partial class NumberIteratorHelpers
{
    private const string Kind = "num";

    [Helper("bpf_iter_num_new", Description = "Begins the numbers from start up to end, without it; -EINVAL when start is behind end, -E2BIG for more than 8388608.")]
    [return: Result(Minimum = long.MinValue, Maximum = long.MaxValue)]
    private static Errno New([Argument(HelperArgumentKind.Iterator, Name = "it", ObjectType = Kind, Uninitialized = true)] State* state, int start, int end)
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

    [Helper("bpf_iter_num_destroy", Description = "Ends an iterator.")]
    private static void Destroy([Argument(HelperArgumentKind.Iterator, Name = "it", ObjectType = Kind, Releases = true)] State* state) => *state = default;

    [Helper("bpf_iter_num_next", Description = "The next number, or 0 after the last one.")]
    [return: Result(HelperResultKind.MemoryOrNull, Access = MemoryAccess.Read)]
    private static int* Next([Argument(HelperArgumentKind.Iterator, Name = "it", ObjectType = Kind)] State* state)
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
