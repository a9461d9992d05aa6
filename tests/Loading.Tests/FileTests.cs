using System.Reflection;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Loading.Tests;

public sealed class FileTests
{
    [Fact]
    public void A_missing_file_a_directory_and_an_empty_file_are_findings()
    {
        string folder = Directory.CreateTempSubdirectory("skep").FullName;
        try
        {
            string empty = Path.Combine(folder, "empty.o");
            File.WriteAllBytes(empty, []);
            AssertFails(LoadingRules.FileNotReadable, Path.Combine(folder, "missing.o"));
            AssertFails(LoadingRules.FileNotReadable, folder);
            AssertFails(LoadingRules.FileNotReadable, "");
            AssertFails(LoadingRules.FileNotReadable, "nul\0inside");
            AssertFails(LoadingRules.NotAnObject, empty);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Open_reads_what_Read_reads()
    {
        byte[] image = Toolchain.Compile(Toolchain.Newest, "maps.bpf.c");
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, image);
        ObjectSpec opened = ObjectFile.Open(path).GetOrThrow();
        ObjectSpec read = Objects.Read(image, path);
        Assert.Equal(read.Programs.Select(program => program.Instructions), opened.Programs.Select(program => program.Instructions));
        Assert.Equal(path, opened.Name);
        Assert.Equal(SKEP1006(path), LoadingRules.LimitExceeded.Id);
        File.Delete(path);

        static string SKEP1006(string path) => Assert.Single(ObjectFile.Open(path, new() { ObjectBytes = 10 }).Findings).Rule.Id;
    }

    [Fact]
    public void Foreign_files_say_what_they_are()
    {
        byte[] image = Toolchain.Compile(Toolchain.Newest, "hello.bpf.c");
        Assert.Same(LoadingRules.NotAnObject, Objects.OnlyError("MZ not an object"u8.ToArray()).Rule);
        Assert.Same(LoadingRules.Truncated, Objects.OnlyError(image[..40]).Rule);
        AssertForeign(4, 1, "class 1");
        AssertForeign(5, 2, "big-endian");
        AssertForeign(5, 7, "byte order 7");
        AssertForeign(18, 62, "machine 62");
        AssertForeign(16, 3, "ELF type 3");

        void AssertForeign(int place, byte value, string text)
        {
            Finding error = Objects.OnlyError(new ElfEditor(image).SetByte(place, value).Image);
            Assert.Same(LoadingRules.ForeignObject, error.Rule);
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
            Assert.Equal(place, error.Place.ByteOffset);
        }
    }

    [Fact]
    public void A_big_endian_object_says_so()
    {
        Assert.Contains("big-endian", Objects.OnlyError(Toolchain.Compile(Toolchain.Newest, "hello.bpf.c", "--target=bpfeb")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_have_unique_ids_of_this_area_and_are_all_listed()
    {
        Rule[] fields = [.. typeof(LoadingRules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<Rule>()];
        Assert.Equal(fields, LoadingRules.All);
        Assert.Equal(LoadingRules.All.Count, LoadingRules.All.Select(rule => rule.Id).Distinct().Count());
        Assert.All(LoadingRules.All, rule => Assert.Matches("^SKEP1[0-9]{3}$", rule.Id));
        Assert.All(LoadingRules.All, rule => Assert.EndsWith(".", rule.Remedy, StringComparison.Ordinal));
    }

    private static void AssertFails(Rule rule, string path)
    {
        Result<ObjectSpec> result = ObjectFile.Open(path);
        Assert.Same(rule, Assert.Single(result.Findings).Rule);
        Assert.Null(result.Value);
    }
}
