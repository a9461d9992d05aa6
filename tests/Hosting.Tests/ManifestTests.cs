using System.Text.Json;
using Skep.Contracts;
using Skep.Hosting.Manifest;
using Skep.Hosting.Tests.Samples;

namespace Skep.Hosting.Tests;

/// <summary>What a plugin registers is what is shown of it.</summary>
public sealed class ManifestTests
{
    [Fact]
    public void The_text_says_all_that_is_registered()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPlugin<SamplePlugin>());
        const string Expected = """
            Sample 1.2.3: A plugin of two kinds.
              from the host itself
              map-type:sample/map: Keeps nothing.
                key size: 4 bytes
                value size: 8..64, a multiple of 8 bytes
                max entries: at least 1
                operations: Lookup, Update
                per CPU: yes
              helper-set:sample: 2 helpers
                #1 void *bpf_map_lookup_elem(void *map, const void *key)
                  Finds a value.
                long sample_now(void)  (GPL only)

            """;
        Assert.Equal(Expected, ManifestPrinter.ToText(host.Plugins[0].Manifest), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void The_json_says_the_same()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPlugin<SamplePlugin>());
        using JsonDocument json = JsonDocument.Parse(ManifestPrinter.ToJson([host.Plugins[0].Manifest], indented: true));
        JsonElement plugin = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal("Sample", plugin.GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, plugin.GetProperty("origin").ValueKind);
        JsonElement map = plugin.GetProperty("providers")[0];
        Assert.Equal("map-type", map.GetProperty("kind").GetString());
        Assert.Equal("4 bytes", map.GetProperty("details").GetProperty("key size").GetString());
        JsonElement helper = plugin.GetProperty("providers")[1].GetProperty("helpers")[0];
        Assert.Equal(1, helper.GetProperty("number").GetInt32());
        Assert.Equal("void *bpf_map_lookup_elem(void *map, const void *key)", helper.GetProperty("prototype").GetString());
    }

    [Theory]
    [InlineData(HelperArgumentKind.Anything, HelperArgumentFlags.None, "__u64 x")]
    [InlineData(HelperArgumentKind.MapValue, HelperArgumentFlags.None, "const void *x")]
    [InlineData(HelperArgumentKind.MapValue, HelperArgumentFlags.Uninitialized, "void *x")]
    [InlineData(HelperArgumentKind.WritableMemory, HelperArgumentFlags.None, "void *x")]
    [InlineData(HelperArgumentKind.Size, HelperArgumentFlags.None, "__u32 x")]
    [InlineData(HelperArgumentKind.ConstString, HelperArgumentFlags.None, "const char *x")]
    [InlineData(HelperArgumentKind.Object, HelperArgumentFlags.None, "struct sock *x")]
    [InlineData(HelperArgumentKind.DynamicPointer, HelperArgumentFlags.None, "struct bpf_dynptr *x")]
    public void Arguments_are_declared_as_in_c(HelperArgumentKind kind, HelperArgumentFlags flags, string expected)
    {
        var helper = new HelperDescriptor("f") { Arguments = [new HelperArgument(kind, "x", flags) { ObjectType = "sock" }], Result = HelperResult.Void };
        Assert.Equal($"void f({expected})", HelperPrototype.Of(helper));
    }
}
