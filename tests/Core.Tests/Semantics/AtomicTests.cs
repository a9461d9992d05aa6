using Skep.Execution.Semantics;

namespace Skep.Core.Tests.Semantics;

public sealed unsafe class AtomicTests
{
    private const ulong Before = 0xf0f0_f0f0_8000_0001;
    private const ulong Value = 0xffff_0000_9000_0003;

    private delegate ulong Update(byte* address, ulong value);

    public static TheoryData<string, ulong> Updates64 => new()
    {
        { "add", unchecked(Before + Value) },
        { "or", Before | Value },
        { "and", Before & Value },
        { "xor", Before ^ Value },
        { "xchg", Value },
    };

    [Theory]
    [MemberData(nameof(Updates64))]
    public void An_update_of_64_bits_gives_the_value_before(string name, ulong expected)
    {
        ulong memory = Before;
        Assert.Equal(Before, Named(name, is64: true)((byte*)&memory, Value));
        Assert.Equal(expected, memory);
    }

    [Theory]
    [MemberData(nameof(Updates64))]
    public void An_update_of_32_bits_leaves_the_upper_half_and_gives_a_zero_extended_value(string name, ulong expected)
    {
        ulong memory = Before;
        Assert.Equal(Before & uint.MaxValue, Named(name, is64: false)((byte*)&memory, Value));
        Assert.Equal(Before >> 32 << 32 | expected & uint.MaxValue, memory);
    }

    [Fact]
    public void Compare_exchange_stores_on_a_match_only()
    {
        ulong memory = Before;
        Assert.Equal(Before, Atomic.CompareExchange64((byte*)&memory, Value, 1));
        Assert.Equal(Before, memory);
        Assert.Equal(Before, Atomic.CompareExchange64((byte*)&memory, Before, Value));
        Assert.Equal(Value, memory);

        // Only the low half of the expected value counts at 32 bits.
        memory = Before;
        Assert.Equal(0x8000_0001ul, Atomic.CompareExchange32((byte*)&memory, 0x1234_5678_8000_0001, Value));
        Assert.Equal(0xf0f0_f0f0_9000_0003, memory);
    }

    [Fact]
    public void Acquire_and_release_have_four_sizes()
    {
        ulong memory = Before;
        byte* address = (byte*)&memory;
        Assert.Equal(0x01ul, Atomic.LoadAcquire8(address));
        Assert.Equal(0x0001ul, Atomic.LoadAcquire16(address));
        Assert.Equal(0x8000_0001ul, Atomic.LoadAcquire32(address));
        Assert.Equal(Before, Atomic.LoadAcquire64(address));

        Atomic.StoreRelease64(address, 0);
        Atomic.StoreRelease8(address, 0x1ff);
        Assert.Equal(0xfful, memory);
        Atomic.StoreRelease16(address, 0x1_1234);
        Assert.Equal(0x1234ul, memory);
        Atomic.StoreRelease32(address, 0x1_8765_4321);
        Assert.Equal(0x8765_4321ul, memory);
    }

    [Fact]
    public void Updates_from_several_threads_lose_nothing()
    {
        const int Rounds = 20_000;
        ulong* memory = stackalloc ulong[2];
        nint address = (nint)memory;

        Parallel.For(0, 4, worker =>
        {
            byte* sum = (byte*)address;
            byte* bits = sum + sizeof(ulong);
            for (int i = 0; i < Rounds; i++)
            {
                Atomic.FetchAdd64(sum, 3);
                Atomic.FetchExclusiveOr64(bits, 1ul << worker);
            }

            Atomic.FetchExclusiveOr64(bits, 1ul << worker);
        });

        Assert.Equal(4ul * Rounds * 3, memory[0]);
        Assert.Equal(0b1111ul, memory[1]);
    }

    private static Update Named(string name, bool is64) => (name, is64) switch
    {
        ("add", true) => Atomic.FetchAdd64,
        ("or", true) => Atomic.FetchOr64,
        ("and", true) => Atomic.FetchAnd64,
        ("xor", true) => Atomic.FetchExclusiveOr64,
        ("xchg", true) => Atomic.Exchange64,
        ("add", false) => Atomic.FetchAdd32,
        ("or", false) => Atomic.FetchOr32,
        ("and", false) => Atomic.FetchAnd32,
        ("xor", false) => Atomic.FetchExclusiveOr32,
        _ => Atomic.Exchange32,
    };
}
