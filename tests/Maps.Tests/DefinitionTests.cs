using Skep.Contracts;
using Skep.Findings;
using Skep.KernelOracle;
using Skep.Runtime;
using KernelErrno = Skep.KernelOracle.Errno;

namespace Skep.Maps.Tests;

/// <summary>The loader, the descriptor and the type together accept exactly the definitions that the kernel accepts.</summary>
public class DefinitionTests
{
    private const uint HashElementLimit = (4 << 20) - 48;

    public DefinitionTests() => Assert.SkipUnless(KernelOracle.Kernel.IsAvailable(out string reason), reason);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(27)]
    public void Every_single_flag_and_pair_of_flags_is_judged_as_by_the_kernel(uint type)
    {
        (uint key, uint value, uint entries) = type == 27 ? (0u, 0u, 4096u) : (4u, 8u, 4u);
        for (int first = 0; first < 32; first++)
        {
            // 14 to 17 need file descriptors beside the flag; Linux 6.19 and later may know more for rings.
            for (int second = first; second < 13; second++)
            {
                AssertSameVerdict(type, key, value, entries, (1u << first) | (1u << second));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(27)]
    public void Sizes_are_judged_as_by_the_kernel(uint type)
    {
        uint[] keys = [0, 1, 3, 4, 5, 8, 512, 513];
        uint[] values = [0, 1, 7, 8, 4096, 32 << 10, (32 << 10) + 1];
        uint[] entries = [0, 1, 5, 4095, 4096, 8192, 12288];
        foreach (uint key in keys)
        {
            foreach (uint value in values)
            {
                foreach (uint count in entries.Where(count => (ulong)count * value <= 1 << 24))
                {
                    AssertSameVerdict(type, key, value, count, type == 1 ? MapFlags.NoPreallocation : 0);
                }
            }
        }
    }

    [Fact]
    public void The_largest_hash_element_is_the_kernels()
    {
        AssertSameVerdict(1, 4, HashElementLimit - 5, 1, MapFlags.NoPreallocation);
        AssertSameVerdict(1, 4, HashElementLimit - 4, 1, MapFlags.NoPreallocation);
        AssertSameVerdict(1, 600, HashElementLimit - 601, 1, MapFlags.NoPreallocation);
    }

    [Fact]
    public void Findings_name_what_is_wrong()
    {
        Finding conflict = Assert.Single(new ArrayMapType().Create(MapMaker.Spec(2, 4, 8, 1, MapFlags.ReadOnly | MapFlags.WriteOnly)).Findings);
        Assert.Equal("SKEP4001", conflict.Rule.Id);
        Assert.Contains("BPF_F_RDONLY, BPF_F_WRONLY", conflict.Message, StringComparison.Ordinal);
        Finding large = Assert.Single(new HashMapType().Create(MapMaker.Spec(1, 4, HashElementLimit - 4, 1)).Findings);
        Assert.Equal("SKEP4003", large.Rule.Id);
        Assert.Contains($"{HashElementLimit}", large.Message, StringComparison.Ordinal);
        Finding memory = Assert.Single(new ArrayMapType().Create(MapMaker.Spec(2, 4, int.MaxValue, uint.MaxValue)).Findings);
        Assert.Equal("SKEP4002", memory.Rule.Id);
    }

    [Fact]
    public void A_ring_buffer_counts_against_the_limit_of_memory()
    {
        using SkepRuntime runtime = MapMaker.Runtime();
        Assert.Equal("SKEP2010", Assert.Single(runtime.CreateMap(MapMaker.Spec(27, 0, 0, 1u << 31)).Findings).Rule.Id);
    }

    private static void AssertSameVerdict(uint type, uint key, uint value, uint entries, uint flags)
    {
        KernelErrno expected = KernelMap.TryCreate((KernelMapType)type, (int)key, (int)value, (int)entries, flags, null, out KernelMap? theirs);
        theirs?.Dispose();
        using SkepRuntime runtime = MapMaker.Runtime();
        bool accepted = runtime.CreateMap(MapMaker.Spec(type, key, value, entries, flags)).IsSuccess;
        Assert.True(
            accepted == (expected == KernelErrno.None),
            $"type {type}, key {key}, value {value}, entries {entries}, flags {flags:x}: the kernel says {expected}, Skep {(accepted ? "accepts" : "refuses")}");
    }
}
