using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Testing;

namespace Skep.Sdk.Testing.Tests;

/// <summary>Each defect of a program type is seen by the test that is there for it.</summary>
public sealed class ProgramTypeContractTests
{
    [Fact]
    public void A_field_that_reads_as_something_else_is_seen()
        => ShouldFail.With<Misread>(nameof(ProgramTypeContract.Every_number_is_read_as_the_event_has_it_whole_and_in_parts), "first is 0x");

    [Fact]
    public void Fields_that_overlap_are_seen()
        => ShouldFail.With<Overlapping>(nameof(ProgramTypeContract.The_layout_is_in_order_and_inside_the_context), "overlaps");

    [Fact]
    public void Scratch_memory_that_is_too_small_is_seen()
        => ShouldFail.With<Sprawling>(nameof(ProgramTypeContract.Entering_and_leaving_keeps_to_the_scratch_memory), "outside the 16 bytes");

    /// <summary>The right one, from which the others differ.</summary>
    public sealed class Right : Contract
    {
        protected override IProgramType Create() => new Pair(Fields, 0, 0);
    }

    public abstract class Contract : ProgramTypeContract
    {
        protected static ImmutableArray<ContextField> Fields { get; } = [new("first", 0, 8) { Access = MemoryAccess.ReadWrite }, new("second", 8, 4)];

        protected override IEnumerable<SampleEvent> Events =>
        [
            new([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0], new Dictionary<string, ulong> { ["first"] = 0x0807_0605_0403_0201, ["second"] = 0x0c0b_0a09 }),
        ];
    }

    internal sealed class Misread : Contract
    {
        protected override IProgramType Create() => new Pair(Fields, 1, 0);
    }

    internal sealed class Overlapping : Contract
    {
        protected override IProgramType Create() => new Pair([Fields[0], Fields[1] with { Offset = 4 }], 0, 0);
    }

    internal sealed class Sprawling : Contract
    {
        protected override IProgramType Create() => new Pair(Fields, 0, 8);
    }

    /// <summary>Copies 16 bytes of the event, from an offset on, into the scratch memory.</summary>
    private sealed unsafe class Pair(ImmutableArray<ContextField> fields, int from, int beyond) : IProgramType
    {
        private const int Bytes = 16;

        public ProgramTypeDescriptor Descriptor { get; } = new()
        {
            Name = "acme/pair",
            Description = "Two numbers.",
            Sections = [new("pair")],
            Context = new ContextLayout { Size = Bytes, HostSize = Bytes, Fields = fields },
            Returns = new ReturnRange(0, 3),
        };

        public ProgramEntry Enter(MemoryRegion data, nint scratch)
        {
            var room = new Span<byte>((void*)scratch, Bytes + beyond);
            room.Clear();
            new ReadOnlySpan<byte>((byte*)data.Address + from, (int)data.Length - from).CopyTo(room);
            return new ProgramEntry((ulong)scratch, 0, new MemoryRegion(scratch, Bytes, MemoryAccess.ReadWrite));
        }

        public void Leave(MemoryRegion data, nint scratch, ulong result)
        {
        }
    }
}
