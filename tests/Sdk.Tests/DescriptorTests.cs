using Skep.Contracts;
using Skep.Hosting.Manifest;
using Skep.Sdk.Tests.Sets;

namespace Skep.Sdk.Tests;

/// <summary>What is generated says what C# says: prototypes, declarations in C, layouts.</summary>
public sealed class DescriptorTests
{
    private static readonly ManyHelpers Many = new();

    [Theory]
    [InlineData("count", "long test_many_count(void)")]
    [InlineData("bytes", "__u64 test_many_bytes(__u8 first, __s8 second)")]
    [InlineData("words", "__s32 test_many_words(__u16 first, __s16 second)")]
    [InlineData("wide", "__u64 test_many_wide(__u64 first, __s64 second, __s64 third, __u64 fourth)")]
    [InlineData("flag", "_Bool test_many_flag(_Bool value)")]
    [InlineData("colour", "__u8 test_many_colour(__u8 colour)")]
    [InlineData("sum", "__u64 test_many_sum(const void *data, __u32 data_size)")]
    [InlineData("length", "__s32 test_many_length(const void *data, __u32 n)")]
    [InlineData("fill", "void test_many_fill(void *data, __u32 data_size, __u8 value)")]
    [InlineData("norm", "long test_many_norm(const void *point)")]
    [InlineData("split", "long test_many_split(__u64 packed, void *point)")]
    [InlineData("increment", "void *test_many_increment(void *map, const void *key)")]
    [InlineData("context_sum", "__u64 test_many_context_sum(void *context)")]
    [InlineData("implicit_reference", "__u64 test_many_implicit_reference(__u64 addend)")]
    [InlineData("rest", "__u64 test_many_rest(__u64 first, ...)")]
    public void A_helper_is_declared_in_C(string name, string declaration)
        => Assert.Equal(declaration, HelperPrototype.Of(Find(name)));

    [Fact]
    public void Ranges_are_those_of_the_types()
    {
        Assert.Equal(new ReturnRange(0, 1), Find("flag").Result.Range);
        Assert.Equal(new ReturnRange(0, 255), Find("colour").Result.Range);
        Assert.Equal(new ReturnRange(int.MinValue, int.MaxValue), Find("negative").Result.Range);
        Assert.Equal(new ReturnRange(0, uint.MaxValue), Find("narrow").Result.Range);
        Assert.Equal(new ReturnRange(-4095, 0), Find("split").Result.Range);
        Assert.Equal(ReturnRange.Any, Find("wide").Result.Range);
    }

    [Fact]
    public void Memory_says_its_flags_and_size()
    {
        Assert.Equal(HelperArgumentKind.SizeOrZero, Find("length").Arguments[1].Kind);
        Assert.True(Find("length").Arguments[0].MaybeNull);
        Assert.Equal(HelperArgumentFlags.Uninitialized, Find("fill").Arguments[0].Flags);
        Assert.Equal(HelperArgumentFlags.None, Find("double").Arguments[0].Flags);
        Assert.Equal((HelperArgumentKind.ReadableMemory, 8), (Find("norm").Arguments[0].Kind, Find("norm").Arguments[0].FixedSize));
        Assert.Equal((HelperArgumentKind.WritableMemory, HelperArgumentFlags.None), (Find("swap").Arguments[0].Kind, Find("swap").Arguments[0].Flags));
        Assert.Equal((HelperArgumentKind.WritableMemory, HelperArgumentFlags.Uninitialized), (Find("split").Arguments[1].Kind, Find("split").Arguments[1].Flags));
        Assert.Equal(MapOperations.Update | MapOperations.Delete, Find("put").Arguments[0].Operations);
        Assert.Equal(["test.event"], Find("context_sum").ProgramTypes.AsEnumerable());
    }

    [Fact]
    public void A_set_knows_its_own_helpers_only()
    {
        Assert.Equal("test.many", Many.Descriptor.Name);
        Assert.Same(Many.Descriptor, new ManyHelpers().Descriptor);
        Assert.All(Many.Descriptor.Helpers, helper => Assert.Same(Many, Many.GetFunction(helper).Target));
        Assert.Throws<KeyNotFoundException>(() => Many.GetFunction(new HelperDescriptor("test.many/none")));
    }

    [Fact]
    public void A_context_is_laid_out_as_its_struct()
    {
        ContextLayout layout = EventContext.Layout;
        Assert.Equal(["test_event"], layout.TypeNames.AsEnumerable());
        Assert.Equal(
            [("first", 0, 4), ("second", 4, 4), ("small", 8, 1), ("data", 16, 8), ("data_end", 24, 8), ("where", 32, 8)],
            layout.Fields.Select(field => (field.Name, field.Offset, field.Size)));
        Assert.Equal(40, layout.Size);
        Assert.Equal([MemoryAccess.Read, MemoryAccess.ReadWrite, MemoryAccess.Read], layout.Fields.Take(3).Select(field => field.Access));
        Assert.Equal(
            [ContextFieldKind.PacketStart, ContextFieldKind.PacketEnd, ContextFieldKind.Memory],
            layout.Fields.Skip(3).Select(field => field.Kind));
        Assert.Equal(MemoryAccess.ReadWrite, layout.Fields[3].TargetAccess);
        Assert.Equal(8, layout.Fields[5].TargetSize);
    }

    private static HelperDescriptor Find(string name) => Many.Descriptor.Helpers.Single(helper => helper.Name == "test.many/" + name);
}
