using Skep.Contracts;
using static Skep.Contracts.HelperArgumentFlags;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>Text and its numbers (kernel/bpf/helpers.c, kernel/trace/bpf_trace.c).</summary>
internal sealed class TextHelpers : PrototypeSet
{
    private static readonly HelperArgument Parsed = new(HelperArgumentKind.WritableMemory, "res", Uninitialized) { FixedSize = 8 };

    public TextHelpers()
        : base("text")
    {
        Add(Prototype(6, "trace_printk", Readable("fmt"), Size("fmt_size")) with { IsGplOnly = true, IsVariadic = true });
        Add(Prototype(177, "trace_vprintk", Readable("fmt"), Size("fmt_size"), Readable("data", MaybeNull), SizeOrZero("data_len")) with { IsGplOnly = true });
        Add(Prototype(
            165, "snprintf", Writable("str", MaybeNull), SizeOrZero("str_size"), new HelperArgument(HelperArgumentKind.ConstString, "fmt"),
            Readable("data", MaybeNull), SizeOrZero("data_len")) with
        { IsGplOnly = true });
        Add(182, "strncmp", Readable("s1"), Size("s1_sz"), new HelperArgument(HelperArgumentKind.ConstString, "s2"));
        Add(105, "strtol", Readable("buf"), Size("buf_len"), Flags, Parsed);
        Add(106, "strtoul", Readable("buf"), Size("buf_len"), Flags, Parsed);
    }
}
