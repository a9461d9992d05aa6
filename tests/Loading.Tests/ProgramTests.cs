using Skep.Btf;
using Skep.Btf.Formatting;
using Skep.Programs;

namespace Skep.Loading.Tests;

public sealed class ProgramTests
{
    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Subprograms_are_joined_once_each(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "subprograms.bpf.c"));
        Assert.Equal(["first", "second", "third", "fourth", "alone"], spec.Programs.Select(program => program.Name));
        Assert.Equal(["socket/first", "socket/first", "raw/third", "raw/fourth", "raw/alone"], spec.Programs.Select(program => program.Section));

        Assert.Equal(["first", "middle", "leaf"], Names(spec, "first"));
        Assert.Equal(["second", "hidden", "shared", "middle", "leaf"], Names(spec, "second"));
        Assert.Equal(["third", "each", "leaf"], Names(spec, "third"));
        Assert.Equal(["alone"], Names(spec, "alone"));

        // In fourth, first may be inlined into a direct call of middle.
        Assert.Equal(["each", "fourth", "leaf", "middle", "third"], Names(spec, "fourth").Except(["first"]).Order(StringComparer.Ordinal));

        FunctionSpec hidden = spec.FindProgram("second")!.Functions.Single(function => function.Name == "hidden");
        Assert.Equal(FunctionLinkage.Static, hidden.Linkage);
        Assert.Equal(FunctionLinkage.Global, spec.FindProgram("second")!.Functions[0].Linkage);
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Calls_lead_to_the_functions_of_the_source(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "subprograms.bpf.c"));
        HashSet<(string, string)> calls = [.. Objects.Calls(spec.FindProgram("second")!)];
        Assert.Equal([("hidden", "shared"), ("middle", "leaf"), ("second", "hidden"), ("second", "shared"), ("shared", "middle")], calls.Order());

        ProgramSpec third = spec.FindProgram("third")!;
        FunctionReference callback = Assert.Single(third.References.OfType<FunctionReference>());
        Assert.Equal("each", third.Functions.Single(function => function.Start == callback.Target).Name);
        Assert.Equal([("each", "leaf")], Objects.Calls(third));
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Lines_and_function_types_follow_the_functions(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "subprograms.bpf.c"));
        foreach (ProgramSpec program in spec.Programs)
        {
            foreach (FunctionSpec function in program.Functions)
            {
                Assert.Equal(function.Name, spec.Btf![function.Type!.Value].Name);
                Assert.Contains(program.Lines, line => line.Slot == function.Start);
            }
        }

        ProgramSpec second = spec.FindProgram("second")!;
        FunctionSpec leaf = second.Functions.Single(function => function.Name == "leaf");
        Assert.Contains("    sink += a;", Sources(second, leaf));
        Assert.Equal("int hidden(int a)", BtfCWriter.FunctionPrototype(spec.Btf!, second.Functions[1].Type!.Value));
        Assert.Equal("long each(__u32 index, void * ctx)", BtfCWriter.FunctionPrototype(spec.Btf!, spec.FindProgram("third")!.Functions[1].Type!.Value));
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Externs_are_named_by_kind(Toolchain? toolchain)
    {
        ProgramSpec program = Assert.Single(Objects.Read(Toolchain.Compile(toolchain, "externs.bpf.c")).Programs);
        HashSet<(string, ExternKind, bool)> externs = [.. program.References.Cast<ExternReference>().Select(reference => (reference.Name, reference.Kind, reference.IsWeak))];
        Assert.Superset(
            new HashSet<(string, ExternKind, bool)>
            {
                ("LINUX_KERNEL_VERSION", ExternKind.KernelConfiguration, false),
                ("CONFIG_HZ", ExternKind.KernelConfiguration, true),
                ("typed_variable", ExternKind.KernelVariable, false),
                ("typeless_variable", ExternKind.KernelVariable, false),
                ("missing_variable", ExternKind.KernelVariable, true),
                ("acme_lookup", ExternKind.NamedFunction, false),
                ("acme_maybe", ExternKind.NamedFunction, true),
            },
            externs);
        Assert.Equal(7, externs.Count);
        ExternReference call = program.References.OfType<ExternReference>().First(reference => reference.Name == "acme_lookup");
        Assert.Equal((0x85, 2, 0), (program.Instructions[call.Slot.Value].Opcode, program.Instructions[call.Slot.Value].Source, program.Instructions[call.Slot.Value].Immediate));
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Core_relocations_are_kept_in_every_function(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "core.bpf.c"));
        ProgramSpec program = Assert.Single(spec.Programs);
        BtfTypeId task = spec.Btf!.FindByName<BtfStruct>("task")!.Value;
        FunctionSpec subprogram = program.Functions[1];
        Assert.Contains(program.CoreRelocations, relocation => relocation.Kind == CoreRelocationKind.FieldByteOffset
            && relocation.Type == task && relocation.AccessSpec == "0:1:0" && relocation.Slot.CompareTo(subprogram.Start) > 0);
        Assert.Contains(program.CoreRelocations, relocation => relocation.Kind == CoreRelocationKind.EnumValue && relocation.AccessSpec == "1");
        Assert.Contains(program.CoreRelocations, relocation => relocation.Kind == CoreRelocationKind.FieldByteSize && relocation.AccessSpec == "0:1:1");
        Assert.Contains(program.CoreRelocations, relocation => relocation.Kind == CoreRelocationKind.TypeSize && relocation.Type == task);
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Optional_and_static_programs(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "optional.bpf.c"));
        Assert.Equal(
            [("optional", "raw/optional", false), ("hidden_entry", "raw/static", true), ("plain", "raw/plain", true)],
            spec.Programs.Select(program => (program.Name, program.Section, program.IsAutoLoaded)));
        Assert.Equal(["plain", "cold"], Names(spec, "plain"));
    }

    private static IEnumerable<string> Names(ObjectSpec spec, string program) => spec.FindProgram(program)!.Functions.Select(function => function.Name);

    private static IEnumerable<string> Sources(ProgramSpec program, FunctionSpec function)
        => program.Lines.Where(line => line.Slot.Value >= function.Start.Value && line.Slot.Value < function.Start.Value + function.Length).Select(line => line.Source.Text);
}
