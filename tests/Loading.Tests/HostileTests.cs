using System.Diagnostics;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Loading.Tests;

/// <summary>
/// Damaged objects: whatever the damage, there is a result, soon, and with memory in proportion. Seeds are fixed, so a
/// failure names the input that shows it again.
/// </summary>
public sealed class HostileTests
{
    private static readonly string[] Sources = ["hello.bpf.c", "subprograms.bpf.c", "maps.bpf.c", "data.bpf.c", "externs.bpf.c", "core.bpf.c", "types.bpf.c", "legacy.bpf.c"];

    [Fact]
    public void Truncated_at_every_length()
    {
        foreach (byte[] image in Corpus().Take(2))
        {
            for (int length = 0; length < image.Length; length++)
            {
                Result<ObjectSpec> result = ReadBounded(image[..length], $"cut at {length}");
                Assert.False(result.IsSuccess);
            }
        }
    }

    [Fact]
    public void Bytes_changed_at_random()
        => Mutate(seed: 1, count: 12_000, static (image, random) =>
        {
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                image[random.Next(image.Length)] ^= (byte)(1 << random.Next(8));
            }
        });

    [Fact]
    public void Fields_set_to_edge_values()
        => Mutate(seed: 2, count: 12_000, static (image, random) =>
        {
            uint[] edges = [0, 1, 2, 7, 8, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, (uint)image.Length, (uint)image.Length - 1];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int place = random.Next((image.Length / 4) - 1) * 4;
                uint value = edges[random.Next(edges.Length)];
                BitConverter.TryWriteBytes(image.AsSpan(place), value);
            }
        });

    [Fact]
    public void Structures_copied_over_each_other()
        => Mutate(seed: 3, count: 12_000, static (image, random) =>
        {
            int[] sizes = [4, 8, 12, 16, 24, 64];
            int size = sizes[random.Next(sizes.Length)];
            int from = random.Next(image.Length - size);
            int to = random.Next(image.Length - size);
            image.AsSpan(from, size).CopyTo(image.AsSpan(to));
        });

    [Fact]
    public void Headers_types_symbols_and_relocations_changed()
        => Mutate(seed: 4, count: 16_000, static (image, random) =>
        {
            var editor = new ElfEditor(image);
            string[] names = [".BTF", ".BTF.ext", ".symtab", ".strtab"];
            string name = names[random.Next(names.Length)];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int place = random.Next(4) == 0
                    ? editor.Header(name) + random.Next(64)
                    : editor.Offset(name) + random.Next(editor.Size(name));
                image[place] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => 0xff, _ => (byte)(image[place] + random.Next(-2, 3)) };
            }
        });

    [Fact]
    public void Noise_behind_a_true_header()
        => Mutate(seed: 5, count: 2_000, static (image, random) => random.NextBytes(image.AsSpan(64)));

    [Fact]
    public void Many_programs_that_share_one_large_function_stop_at_the_limit()
    {
        byte[] image = Toolchain.Compile(Toolchain.Newest, "shared.bpf.c");
        Finding error = ObjectFile.Read(image, "x", new() { InstructionsPerObject = 50_000 }).Findings.Single(finding => finding.IsError);
        Assert.Same(LoadingRules.LimitExceeded, error.Rule);
    }

    private static List<byte[]> Corpus()
    {
        List<byte[]> corpus = [.. Repository.SampleObjects.Select(File.ReadAllBytes)];
        if (Toolchain.Newest is not null)
        {
            corpus.AddRange(Sources.Select(source => Toolchain.Compile(Toolchain.Newest, source)));
        }

        Assert.SkipUnless(corpus.Count > 0, "no sample objects, and no clang to make some");
        return corpus;
    }

    private static void Mutate(int seed, int count, Action<byte[], Random> mutate)
    {
        var random = new Random(seed);
        List<byte[]> corpus = Corpus();
        for (int round = 0; round < count; round++)
        {
            byte[] image = [.. corpus[round % corpus.Count]];
            mutate(image, random);
            ReadBounded(image, $"seed {seed}, round {round}");
        }
    }

    private static Result<ObjectSpec> ReadBounded(byte[] image, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        Result<ObjectSpec> result;
        try
        {
            result = ObjectFile.Read(image, "hostile.o");
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(what, exception);
        }

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), $"{what}: took {Stopwatch.GetElapsedTime(start)}");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 65_536 + (40L * image.Length), $"{what}: {allocated} bytes for {image.Length}");
        Assert.True(result.IsSuccess || result.Findings.Any(finding => finding.IsError), what);
        Assert.All(result.Findings, finding => Assert.Equal("hostile.o", finding.Place.File));
        return result;
    }
}
