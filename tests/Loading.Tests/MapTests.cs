using System.Buffers.Binary;
using Skep.Btf;
using Skep.Btf.Formatting;
using Skep.Programs;

namespace Skep.Loading.Tests;

public sealed class MapTests
{
    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Defined_maps(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "maps.bpf.c"));
        Assert.Equal(
            ["full", "hidden_map", "inner_a", "inner_b", "jumps", "named", "outer", "ring", "sized"],
            spec.Maps.Select(map => map.Name).Order(StringComparer.Ordinal));

        MapSpec full = spec.FindMap("full")!;
        Assert.Equal(new(new(1)), full.Type);
        Assert.Equal((4u, 16u, 1024u, 1u, MapPinning.ByName), (full.KeySize, full.ValueSize, full.MaxEntries, full.Flags, full.Pinning));

        // Before clang 15 BTF could not hold 64-bit enum values: clang cut them to 32 bits.
        Assert.Equal(toolchain!.Version < 15 ? 0x56789abcul : 0x123456789abcul, full.Extra);
        Assert.Equal("pair", BtfCWriter.TypeName(full.Btf!, full.ValueType!.Value));

        MapSpec sized = spec.FindMap("sized")!;
        Assert.Equal((new MapTypeReference(new(2)), 4u, 12u, 3u, 7ul), (sized.Type, sized.KeySize, sized.ValueSize, sized.MaxEntries, sized.Extra));
        Assert.Null(sized.ValueType);

        MapSpec ring = spec.FindMap("ring")!;
        Assert.Equal((0u, 0u, 4096u), (ring.KeySize, ring.ValueSize, ring.MaxEntries));
        Assert.Equal("struct event", BtfCWriter.TypeName(ring.Btf!, ring.ValueType!.Value));

        MapSpec named = spec.FindMap("named")!;
        Assert.Equal(new(new(0), "acme.geo/trie"), named.Type);
        Assert.Equal((8u, 8u, 8u), (named.KeySize, named.ValueSize, named.MaxEntries));
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Maps_of_maps_and_program_arrays(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "maps.bpf.c"));
        MapSpec outer = spec.FindMap("outer")!;
        Assert.Equal((4u, 4u), (outer.KeySize, outer.ValueSize));
        Assert.Equal([new(0, "inner_a"), new(3, "inner_b")], outer.Slots);
        Assert.Equal(("outer.inner", new MapTypeReference(new(1)), 4u, 8u, 16u), (outer.Inner!.Name, outer.Inner.Type, outer.Inner.KeySize, outer.Inner.ValueSize, outer.Inner.MaxEntries));

        MapSpec jumps = spec.FindMap("jumps")!;
        Assert.Null(jumps.Inner);
        Assert.Equal([new(1, "target")], jumps.Slots);
        Assert.Equal(4u, jumps.ValueSize);
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Programs_refer_to_maps_by_name(Toolchain? toolchain)
    {
        ProgramSpec use = Objects.Read(Toolchain.Compile(toolchain, "maps.bpf.c")).FindProgram("use")!;
        Assert.Equal(["full", "jumps", "named", "hidden_map", "outer"], use.References.Cast<MapReference>().Select(reference => reference.MapName));
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Older_definitions(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "legacy.bpf.c"));
        MapSpec counters = spec.FindMap("counters")!;
        Assert.Equal((new MapTypeReference(new(2)), 4u, 8u, 256u, 0u), (counters.Type, counters.KeySize, counters.ValueSize, counters.MaxEntries, counters.Flags));
        MapSpec seen = spec.FindMap("seen")!;
        Assert.Equal((new MapTypeReference(new(1)), 16u, 4u, 10u, 1u), (seen.Type, seen.KeySize, seen.ValueSize, seen.MaxEntries, seen.Flags));
        Assert.Equal(["counters", "seen"], spec.Programs[0].References.OfType<MapReference>().Select(reference => reference.MapName).Distinct());
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Data_sections(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "data.bpf.c"));
        Assert.Equal(
            [".bss", ".data", ".data.custom", ".rodata", ".rodata.str1.1", ".rodata.unused"],
            spec.Maps.Select(map => map.Name).Order(StringComparer.Ordinal));
        Assert.All(spec.Maps, map => Assert.Equal((new MapTypeReference(new(2)), 4u, 1u, map.Name), (map.Type, map.KeySize, map.MaxEntries, map.DataSection)));

        MapSpec bss = spec.FindMap(".bss")!;
        Assert.Equal((16u, true, false, 0u), (bss.ValueSize, bss.InitialValue.IsEmpty, bss.IsFrozen, bss.Flags));

        MapSpec constants = spec.FindMap(".rodata")!;
        Assert.Equal((true, 0x80u, (int)constants.ValueSize), (constants.IsFrozen, constants.Flags, constants.InitialValue.Length));

        MapSpec strings = spec.FindMap(".rodata.str1.1")!;
        Assert.Null(strings.ValueType);
        Assert.Equal("literal text that lives in a string section\0"u8, strings.InitialValue.AsSpan());
        Assert.True(strings.IsFrozen);
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void Globals_print_by_name(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "data.bpf.c"));
        Assert.Equal(
            "{ first = 11, second = 1234605616436508552, favourite = BLUE, third = 33, local_static.third = 77 }",
            Print(spec.FindMap(".data")!));
        Assert.Equal("{ limit = 42, name = \"skep\", sum.format = \"sum %d\" }", Print(spec.FindMap(".rodata")!));

        MapSpec bss = spec.FindMap(".bss")!;
        var section = (BtfDataSection)bss.Btf![bss.ValueType!.Value];
        Assert.Equal([("zeroed", 0u), ("zeroed_static", 8u)], section.Variables.Select(entry => (bss.Btf[entry.Variable].Name, entry.Offset)));
        Assert.Equal(16u, section.Size);
    }

    [Theory]
    [MemberData(nameof(Toolchain.All), MemberType = typeof(Toolchain))]
    public void References_to_data_point_at_the_variable(Toolchain? toolchain)
    {
        ObjectSpec spec = Objects.Read(Toolchain.Compile(toolchain, "data.bpf.c"));
        ProgramSpec program = Assert.Single(spec.Programs);
        Assert.All(program.References, reference => Assert.IsType<MapValueReference>(reference));
        HashSet<string> values = [];
        foreach (MapValueReference reference in program.References.Cast<MapValueReference>())
        {
            MapSpec map = spec.FindMap(reference.MapName)!;
            Assert.InRange(reference.Offset, 0u, map.ValueSize - 1);
            if (!map.InitialValue.IsEmpty)
            {
                ReadOnlySpan<byte> value = map.InitialValue.AsSpan()[(int)reference.Offset..];
                values.Add($"{map.Name} {(value.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(value) : 0)}");
            }
        }

        // The strings' first four bytes, as numbers.
        string[] expected = [".data 11", ".data 33", ".data 77", ".data 6", ".data.custom 99", ".rodata 42", $".rodata {0x206d7573}", $".rodata.str1.1 {0x6574696c}"];
        Assert.Empty(expected.Except(values));
    }

    private static string Print(MapSpec map) => new BtfFormatter(map.Btf!).ToText(map.ValueType!.Value, map.InitialValue.AsSpan());
}
