using System.Globalization;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>An event for a program type under test.</summary>
/// <param name="Data">As a source delivers it.</param>
/// <param name="Fields">What programs must read, by the names of number fields; those that are not named must be the same on every engine only.</param>
public sealed record SampleEvent(byte[] Data, IReadOnlyDictionary<string, ulong> Fields)
{
    /// <summary>For records, whose bytes are what is read.</summary>
    public SampleEvent(byte[] data)
        : this(data, new Dictionary<string, ulong>())
    {
    }
}

/// <summary>What holds for every <see cref="IProgramType"/>: its layout, and that programs of every engine read and write the context as the layout and the events say.</summary>
public abstract unsafe partial class ProgramTypeContract
{
    /// <summary>The program type under test; a new one each time.</summary>
    protected abstract IProgramType Create();

    /// <summary>Events with what they must look like to programs. At least one.</summary>
    protected abstract IEnumerable<SampleEvent> Events { get; }

    /// <summary>Back ends on which programs run, beside the interpreter.</summary>
    protected virtual IEnumerable<IJitBackend> Backends => [];

    /// <summary>A value that the type's programs may return, where their range is not a matter of numbers only.</summary>
    protected virtual long LegalResult => Math.Clamp(0, Create().Descriptor.Returns.Minimum, Create().Descriptor.Returns.Maximum);

    private string Name => Create().Descriptor.Name;

    private IReadOnlyList<ContextField> Numbers => [.. Create().Descriptor.Context.Fields.Where(known => known.Kind == ContextFieldKind.Scalar)];

    private static bool Reads(ContextField field) => (field.Access & MemoryAccess.Read) != 0;

    private static bool Writes(ContextField field) => (field.Access & MemoryAccess.Write) != 0;

    private FakeRuntime Runtime() => new([Create(), .. Backends]);

    [Fact]
    public void The_descriptor_says_who_it_is()
    {
        ProgramTypeDescriptor descriptor = Create().Descriptor;
        Assert.False(string.IsNullOrWhiteSpace(descriptor.Name));
        Assert.Matches(@"^[A-Z].+\.$", descriptor.Description);
        Assert.True(descriptor.Returns.Minimum <= descriptor.Returns.Maximum);
        Assert.Equal(descriptor.Sections.Length, descriptor.Sections.Select(section => section.Prefix).Distinct().Count());
        Assert.All(descriptor.Sections, section => Assert.False(section.Prefix.EndsWith('/'), $"{section.Prefix} ends in a slash: a prefix is what goes before it"));
    }

    [Fact]
    public void Its_sections_lead_to_it()
    {
        using FakeRuntime runtime = Runtime();
        foreach (SectionPrefix section in Create().Descriptor.Sections)
        {
            foreach (string name in (string[])[section.Prefix, section.Prefix + "/target"])
            {
                SectionMatch? match = runtime.Runtime.Registry.ResolveSection(name);
                Assert.True(match?.Type.Provider.Descriptor.Name == Name, $"section {name} does not lead to {Name}");
                Assert.Equal(section.AttachPoint, match!.Prefix.AttachPoint);
            }
        }
    }

    [Fact]
    public void The_layout_is_in_order_and_inside_the_context()
    {
        ContextLayout layout = Create().Descriptor.Context;
        Assert.True(layout.Size >= 0 && layout.HostSize >= 0);
        Assert.Equal(layout.Fields.Length, layout.Fields.Select(field => field.Name).Distinct().Count());
        int end = 0;
        foreach (ContextField field in layout.Fields)
        {
            Assert.True(field.Offset >= end, $"{field.Name} at {field.Offset} overlaps what ends at {end}, or is out of order");
            end = field.Offset + field.Size;
            Assert.True(end <= layout.Size, $"{field.Name} ends at {end}, beyond the context's {layout.Size} bytes");
            Assert.True(field.Size is 1 or 2 or 4 or 8 && field.Offset % field.Size == 0, $"{field.Name} is no aligned number of 1, 2, 4 or 8 bytes");
            Assert.True(field.HostSize is null or 1 or 2 or 4 or 8, $"{field.Name} has {field.HostSize} bytes in the host's struct");
            Assert.Equal(field.Kind is ContextFieldKind.Memory or ContextFieldKind.MemoryOrNull, field.TargetSize > 0);
            Assert.Equal(field.Kind is ContextFieldKind.Object or ContextFieldKind.ObjectOrNull, field.ObjectType is not null);
        }

        bool hasStart = layout.Fields.Any(field => field.Kind == ContextFieldKind.PacketStart);
        Assert.Equal(hasStart, layout.Fields.Any(field => field.Kind == ContextFieldKind.PacketEnd));
        Assert.True(hasStart || layout.Fields.All(field => field.Kind != ContextFieldKind.PacketMeta), "metadata lies before a packet");
        Assert.True(layout.Fields.IsEmpty || layout.RecordAccess == MemoryAccess.None, "a layout is a record or has fields");
    }

    [Fact]
    public void Every_number_is_read_as_the_event_has_it_whole_and_in_parts()
    {
        using FakeRuntime runtime = Runtime();
        Assert.NotEmpty(Events);
        foreach (SampleEvent sample in Events)
        {
            Assert.All(sample.Fields.Keys, name => Assert.Contains(Numbers, field => field.Name == name));
            foreach (ContextField field in Numbers.Where(Reads))
            {
                ulong? whole = sample.Fields.TryGetValue(field.Name, out ulong given) ? given : null;
                foreach (string engine in runtime.Engines)
                {
                    ulong found = Read(runtime, engine, field.Offset, field.Size, sample);
                    whole ??= found;
                    Assert.True(found == whole, $"{field.Name} is 0x{found:x} on {engine}, expected 0x{whole:x}");
                    foreach ((int size, int at) in Parts(field))
                    {
                        ulong part = whole.Value >> (8 * at) & (ulong.MaxValue >> (64 - (8 * size)));
                        Assert.True(Read(runtime, engine, field.Offset + at, size, sample) == part, $"bytes {at} to {at + size - 1} of {field.Name} on {engine}, expected 0x{part:x}");
                    }
                }
            }
        }
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        using FakeRuntime runtime = Runtime();
        foreach (ContextField field in Numbers.Where(field => Reads(field) && Writes(field)))
        {
            ulong mask = ulong.MaxValue >> (64 - (8 * field.Size));
            foreach (string engine in runtime.Engines)
            {
                foreach (ulong value in (ulong[])[0x0123_4567_89ab_cdef, 0, 1])
                {
                    string text = $"r6 = r1\nr2 = 0x{value & mask:x}\n*(u{field.Size * 8} *)(r6 +{field.Offset}) = r2\nr7 = *(u{field.Size * 8} *)(r6 +{field.Offset})\n";
                    Assert.True(Result(runtime, engine, text, Events.First()) == (value & mask), $"{field.Name} on {engine} is not what the program wrote");
                }
            }
        }
    }

    [Fact]
    public void What_the_layout_does_not_allow_is_refused()
    {
        using FakeRuntime runtime = Runtime();
        ContextLayout layout = Create().Descriptor.Context;
        if (Create().Descriptor.RequiredProof != Proof.Full)
        {
            return;
        }

        foreach (ContextField field in layout.Fields)
        {
            if (!Reads(field))
            {
                Refuse(runtime, $"r2 = *(u{field.Size * 8} *)(r1 +{field.Offset})", $"{field.Name} cannot be read");
            }

            if (!Writes(field))
            {
                Refuse(runtime, $"r2 = 0\n*(u{field.Size * 8} *)(r1 +{field.Offset}) = r2", $"{field.Name} cannot be written");
            }

            if (field.Kind != ContextFieldKind.Scalar && field.Size > 1)
            {
                Refuse(runtime, $"r2 = *(u8 *)(r1 +{field.Offset})", $"a part of {field.Name} is no pointer");
            }

            if (field.Kind == ContextFieldKind.MemoryOrNull && Reads(field))
            {
                Refuse(runtime, $"r2 = *(u{field.Size * 8} *)(r1 +{field.Offset})\nr2 = *(u8 *)(r2 +0)", $"{field.Name} may be 0");
            }
        }

        foreach (int beyond in (int[])[layout.Size, layout.Size + 8, -8])
        {
            if (beyond is > -short.MaxValue and < short.MaxValue)
            {
                Refuse(runtime, $"r2 = *(u8 *)(r1 {beyond.ToString("+0;-0", CultureInfo.InvariantCulture)})", $"byte {beyond} is outside the context");
            }
        }

        if (layout.Fields.IsEmpty && (layout.RecordAccess & MemoryAccess.Write) == 0 && layout.Size >= 8)
        {
            Refuse(runtime, "r2 = 0\n*(u64 *)(r1 +0) = r2", "the record cannot be written");
        }
    }

    [Fact]
    public void Results_outside_the_range_are_refused_and_those_inside_are_given_back()
    {
        using FakeRuntime runtime = Runtime();
        ReturnRange range = Create().Descriptor.Returns;
        if (range == ReturnRange.Any)
        {
            return;
        }

        foreach (long result in (long[])[range.Minimum, range.Maximum, LegalResult])
        {
            foreach (string engine in runtime.Engines)
            {
                Assert.Equal((uint)result, (uint)FakeRuntime.Run(runtime.Load($"r0 = {result}\nexit", engine, Name), [.. Events.First().Data]));
            }
        }

        foreach (long result in (long[])[range.Minimum - 1, range.Maximum + 1])
        {
            Assert.False(runtime.TryLoad($"r0 = {result}\nexit", type: Name).IsSuccess, $"{result} is outside {range.Minimum} to {range.Maximum}, and was accepted");
        }

        Assert.False(runtime.TryLoad("exit", type: Name).IsSuccess, "a program without a result was accepted");
    }

    private static IEnumerable<(int Size, int At)> Parts(ContextField field)
    {
        for (int size = 1; size < field.Size; size *= 2)
        {
            for (int at = 0; at < field.Size; at += size)
            {
                yield return (size, at);
            }
        }
    }

    private ulong Read(FakeRuntime runtime, string engine, int offset, int size, SampleEvent sample)
        => Result(runtime, engine, $"r7 = *(u{size * 8} *)(r1 +{offset})\n", sample);

    /// <summary>What a program leaves in R7, whatever the type lets it return: it goes through a helper.</summary>
    private ulong Result(FakeRuntime runtime, string engine, string text, SampleEvent sample)
    {
        ulong found = 0;
        runtime.Insider.Body = (_, r1, _) =>
        {
            found = r1;
            return 0;
        };
        using LoadedProgram program = runtime.Load($"{text}r1 = r7\nr2 = 0\ncall {InsideHelpers.Inside}\nr0 = {LegalResult}\nexit", engine, Name);
        FakeRuntime.Run(program, [.. sample.Data]);
        return found;
    }

    private void Refuse(FakeRuntime runtime, string text, string why)
    {
        Result<LoadedProgram> loaded = runtime.TryLoad($"{text}\nr0 = {LegalResult}\nexit", type: Name);
        loaded.Value?.Dispose();
        Assert.False(loaded.IsSuccess, $"{why}, and a program that does was accepted:\n{text}");
    }
}
