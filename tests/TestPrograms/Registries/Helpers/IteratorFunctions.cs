using Skep.Contracts;
using static Skep.Contracts.HelperArgumentFlags;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>The kfuncs of the open-coded iterator over numbers (kernel/bpf/bpf_iter.c).</summary>
internal sealed class IteratorFunctions : PrototypeSet
{
    public IteratorFunctions()
        : base("iterator")
    {
        Add(new HelperDescriptor("bpf_iter_num_new") { Arguments = [Iterator(Uninitialized), Number("start"), Number("end")] });
        Add(new HelperDescriptor("bpf_iter_num_next")
        {
            Arguments = [Iterator(None)],
            Result = new HelperResult(HelperResultKind.MemoryOrNull) { FixedSize = 4, Access = MemoryAccess.Read },
        });
        Add(new HelperDescriptor("bpf_iter_num_destroy") { Arguments = [Iterator(Releases)], Result = HelperResult.Void });
    }

    private static HelperArgument Iterator(HelperArgumentFlags flags) =>
        new(HelperArgumentKind.Iterator, "it", flags) { ObjectType = "num", FixedSize = 8 };
}
