using Skep.Findings;
using Skep.Programs;

namespace Skep.Loading.Tests;

public sealed class SampleTests
{
    public static TheoryData<string?> Samples => Repository.SampleObjects.Count > 0
        ? [.. Repository.SampleObjects.Select(path => (string?)Path.GetRelativePath(Repository.Root, path))]
        : [(string?)null];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_sample_opens_without_a_finding(string? path)
    {
        Assert.SkipUnless(path is not null, "no objects in samples/");
        Result<ObjectSpec> result = ObjectFile.Open(Path.Combine(Repository.Root, path));
        Assert.Empty(result.Findings);
        Assert.NotEmpty(result.Value!.Programs);
        foreach (ProgramSpec program in result.Value.Programs)
        {
            Objects.AssertWellFormed(program);
            Assert.NotEmpty(program.Lines);
            Assert.All(program.Functions, function => Assert.NotNull(function.Type));
        }
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Hello(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "hello.bpf.c"), "hello.bpf.o");
        Assert.Equal("GPL", spec.License);
        Assert.Equal(0x060c00u, spec.KernelVersion);
        ProgramSpec program = Assert.Single(spec.Programs);
        Assert.Equal(("hello_world", "tracepoint/syscalls/sys_enter_execve", "hello.bpf.o", "GPL"), (program.Name, program.Section, program.ObjectName, program.License));
        Assert.Contains("bpf_trace_printk(message", program.Lines.First(line => line.Source.Text.Contains("printk", StringComparison.Ordinal)).Source.Text, StringComparison.Ordinal);
        Assert.EndsWith("hello.bpf.c", program.LineAt(new(0))!.File, StringComparison.Ordinal);
        Assert.Equal("    return 0;", program.LineAt(new(program.Instructions.Length - 1))!.Text);
        Assert.Equal(0x95, program.Instructions[^1].Opcode);
    }

    [Fact]
    public void An_object_without_debug_information_opens_too()
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(Toolchain.Newest, "subprograms.bpf.c", "-g0"));
        Assert.Null(spec.Btf);
        Assert.Equal(5, spec.Programs.Length);
        Assert.Null(spec.Programs[0].Functions[0].Type);
        Assert.Empty(spec.Programs[0].Lines);
        Assert.Equal(".bss", Assert.Single(spec.Maps).Name);
    }
}
