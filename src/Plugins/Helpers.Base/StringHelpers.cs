using Skep.Contracts;
using Skep.Helpers.Formatting;
using Skep.Helpers.Machine;

namespace Skep.Helpers;

/// <summary>Strings in the program's own memory; prototypes as in kernel/bpf/helpers.c.</summary>
public sealed unsafe class StringHelpers : HelperSet
{
    public StringHelpers()
        : base("string")
    {
        Add(
            new HelperDescriptor("bpf_snprintf")
            {
                Number = new(165),
                Description = "Prints into memory, arguments from an array; gives the length of the whole text with NUL, also of what did not fit.",
                Arguments =
                [
                    new HelperArgument(HelperArgumentKind.WritableMemory, "str", HelperArgumentFlags.MaybeNull), Argument.SizeOrZero("str_size"),
                    Argument.ConstString("fmt"),
                    Argument.Readable("data", HelperArgumentFlags.MaybeNull), Argument.SizeOrZero("data_len"),
                ],
                IsGplOnly = true,

                // %s takes any address and puts what is there into the program's hands.
                ProgramTypes = Argument.TracingTypes,
            },
            Print);
        Add(
            new HelperDescriptor("bpf_strncmp")
            {
                Number = new(182),
                Description = "Compares a string, which need not end in NUL, with a constant one: negative, 0 or positive.",
                Arguments = [Argument.Readable("s1"), Argument.Size("s1_sz"), Argument.ConstString("s2")],
            },
            static (_, left, size, right, _, _) => (ulong)Compare((byte*)left, size, (byte*)right));
    }

    private static ulong Print(Invocation* invocation, ulong text, ulong size, ulong format, ulong data, ulong dataSize)
    {
        if (!PrintArguments.TryRead(data, dataSize, out ReadOnlySpan<ulong> arguments))
        {
            return Errno.EINVAL.ToProgram();
        }

        ReadOnlySpan<byte> constant = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)format);
        var terminated = new ReadOnlySpan<byte>((byte*)format, constant.Length + 1);
        long length = KernelFormat.Print(terminated, arguments, CurrentTask.ProcessOf(invocation), new Span<byte>((byte*)text, checked((int)size)));
        return (ulong)(length < 0 ? length : length + 1);
    }

    private static long Compare(byte* left, ulong size, byte* right)
    {
        for (ulong i = 0; i < size; i++)
        {
            if (left[i] != right[i])
            {
                return left[i] < right[i] ? -1 : 1;
            }

            if (left[i] == 0)
            {
                break;
            }
        }

        return 0;
    }
}
