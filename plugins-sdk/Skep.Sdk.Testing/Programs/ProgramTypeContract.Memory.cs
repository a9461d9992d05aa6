using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Testing;

/// <summary>What a context leads to, short events, and many threads.</summary>
public abstract unsafe partial class ProgramTypeContract
{
    [Fact]
    public void A_packet_is_the_events_bytes_from_its_start_to_its_end()
    {
        ContextLayout layout = Create().Descriptor.Context;
        if (layout.Fields.FirstOrDefault(field => field.Kind == ContextFieldKind.PacketStart) is not { } start)
        {
            return;
        }

        ContextField end = layout.Fields.First(field => field.Kind == ContextFieldKind.PacketEnd);
        using FakeRuntime runtime = Runtime();
        string ends = $"r2 = *(u{start.Size * 8} *)(r1 +{start.Offset})\nr3 = *(u{end.Size * 8} *)(r1 +{end.Offset})\n";
        foreach (SampleEvent sample in Events)
        {
            foreach (string engine in runtime.Engines)
            {
                foreach (int at in (int[])[0, 1, 13, PacketOf(sample).Length - 1, PacketOf(sample).Length, 4000])
                {
                    ulong expected = at >= 0 && at < PacketOf(sample).Length ? PacketOf(sample)[at] : 1000UL;
                    ulong found = Result(runtime, engine, $"{ends}r7 = 1000\nr4 = r2\nr4 += {at + 1}\nif r4 > r3 goto out\nr7 = *(u8 *)(r2 +{at})\nout:\n", sample);
                    Assert.True(found == expected, $"byte {at} of the packet on {engine} is {found}, expected {expected}");
                }
            }
        }

        Refuse(runtime, $"{ends}r7 = *(u8 *)(r2 +0)", "nothing says that the packet has a byte");
        if ((start.TargetAccess & MemoryAccess.Write) == 0)
        {
            Refuse(runtime, $"{ends}r4 = r2\nr4 += 1\nif r4 > r3 goto out\n*(u8 *)(r2 +0) = 1\nout:", "the packet cannot be written");
        }
    }

    /// <summary>The packet that programs see of an event; by default all of it.</summary>
    protected virtual byte[] PacketOf(SampleEvent sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return sample.Data;
    }

    [Fact]
    public void What_a_program_writes_into_a_packet_is_in_the_event_afterwards()
    {
        ContextLayout layout = Create().Descriptor.Context;
        if (layout.Fields.FirstOrDefault(field => field.Kind == ContextFieldKind.PacketStart) is not { } start || (start.TargetAccess & MemoryAccess.Write) == 0)
        {
            return;
        }

        ContextField end = layout.Fields.First(field => field.Kind == ContextFieldKind.PacketEnd);
        using FakeRuntime runtime = Runtime();
        foreach (string engine in runtime.Engines)
        {
            foreach (SampleEvent sample in Events.Where(sample => sample.Data.Length > 0))
            {
                byte[] data = [.. sample.Data];
                using LoadedProgram program = runtime.Load(
                    $"r2 = *(u{start.Size * 8} *)(r1 +{start.Offset})\nr3 = *(u{end.Size * 8} *)(r1 +{end.Offset})\nr4 = r2\nr4 += 1\nif r4 > r3 goto out\nr5 = *(u8 *)(r2 +0)\nr5 ^= 255\n*(u8 *)(r2 +0) = r5\nout:\nr0 = {LegalResult}\nexit",
                    engine, Name);
                FakeRuntime.Run(program, data);
                byte[] expected = [.. sample.Data];
                expected[0] ^= 0xff;
                Assert.Equal(expected, data);
            }
        }
    }

    [Fact]
    public void A_record_is_the_events_bytes()
    {
        ProgramTypeDescriptor descriptor = Create().Descriptor;
        if (!descriptor.Context.Fields.IsEmpty || descriptor.Context.Size == 0 || descriptor.Context.HasLength || descriptor.RequiredProof != Proof.Full)
        {
            return;
        }

        using FakeRuntime runtime = Runtime();
        foreach (SampleEvent sample in Events.Where(sample => sample.Data.Length >= sizeof(ulong)))
        {
            foreach (string engine in runtime.Engines)
            {
                for (int at = 0; at + sizeof(ulong) <= Math.Min(sample.Data.Length, descriptor.Context.Size); at += sizeof(ulong))
                {
                    Assert.Equal(BitConverter.ToUInt64(sample.Data, at), Read(runtime, engine, at, sizeof(ulong), sample));
                }
            }
        }
    }

    [Fact]
    public void An_event_that_is_too_short_is_a_trap_or_read_as_zeros_and_never_more_than_its_memory()
    {
        ContextLayout layout = Create().Descriptor.Context;
        using FakeRuntime runtime = Runtime();
        int last = layout.Fields.IsEmpty ? Math.Min(layout.Size, 64) - 1 : -1;
        if (last < 0 || layout.HasLength || Create().Descriptor.RequiredProof != Proof.Full)
        {
            return;
        }

        using LoadedProgram program = runtime.Load($"r2 = *(u8 *)(r1 +{last})\nr0 = {LegalResult}\nexit", type: Name);
        byte[] data = new byte[last];
        fixed (byte* bytes = data)
        {
            RunResult result = program.RunEvent(new MemoryRegion((nint)bytes, (nuint)data.Length, MemoryAccess.ReadWrite));
            Assert.Equal(TrapKind.MemoryAccess, result.Trap.Kind);
        }
    }

    [Fact]
    public void Entering_and_leaving_keeps_to_the_scratch_memory()
    {
        const byte mark = 0xa5;
        IProgramType type = Create();
        int size = type.Descriptor.Context.HostSize;
        byte* room = (byte*)NativeMemory.AlignedAlloc((nuint)size + 128, 64);
        try
        {
            foreach (SampleEvent sample in Events)
            {
                // Not cleared, as the contract says.
                new Span<byte>(room, size + 128).Fill(mark);
                byte[] data = [.. sample.Data];
                fixed (byte* bytes = data)
                {
                    var region = new MemoryRegion((nint)bytes, (nuint)data.Length, MemoryAccess.ReadWrite);
                    ProgramEntry entry = type.Enter(region, (nint)(room + 64));
                    Assert.True(entry.R1 == 0 || entry.R1 == (ulong)entry.Context.Address, "R1 is the context's address, or 0");
                    Assert.True(type.Descriptor.Context.HasLength || entry.R2 == 0, "R2 is 0 unless the layout has a length");
                    type.Leave(region, (nint)(room + 64), (ulong)LegalResult);
                }

                Assert.Equal(sample.Data, data);
                Assert.True(new Span<byte>(room, 64).IndexOfAnyExcept(mark) < 0 && new Span<byte>(room + 64 + size, 64).IndexOfAnyExcept(mark) < 0, $"Enter or Leave wrote outside the {size} bytes of scratch memory (HostSize)");
            }
        }
        finally
        {
            NativeMemory.AlignedFree(room);
        }
    }

    [Fact]
    public void Events_may_come_on_many_threads()
    {
        using FakeRuntime runtime = Runtime();
        ContextField? field = Numbers.FirstOrDefault(Reads);
        if (field is null)
        {
            return;
        }

        SampleEvent[] samples = [.. Events];
        string text = $"r7 = *(u{field.Size * 8} *)(r1 +{field.Offset})\n";
        ulong[] expected = [.. samples.Select(sample => Result(runtime, "interpreter", text, sample))];
        var seen = new ThreadLocal<ulong>();
        runtime.Insider.Body = (_, r1, _) => seen.Value = r1;
        foreach (string engine in runtime.Engines)
        {
            using LoadedProgram program = runtime.Load($"{text}r1 = r7\nr2 = 0\ncall {InsideHelpers.Inside}\nr0 = {LegalResult}\nexit", engine, Name);
            Crowd.Run(Crowd.Threads, thread =>
            {
                for (int i = 0; i < 2_000; i++)
                {
                    int which = (thread + i) % samples.Length;
                    FakeRuntime.Run(program, [.. samples[which].Data]);
                    Assert.Equal(expected[which], seen.Value);
                }
            });
        }
    }
}
