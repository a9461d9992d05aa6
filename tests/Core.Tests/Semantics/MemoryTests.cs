using Skep.Execution.Semantics;

namespace Skep.Core.Tests.Semantics;

public sealed unsafe class MemoryTests
{
    [Fact]
    public void Loads_extend_and_need_no_alignment()
    {
        byte[] bytes = [0, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];
        fixed (byte* start = bytes)
        {
            byte* address = start + 1;
            Assert.Equal(0x88ul, Memory.Load8(address));
            Assert.Equal(0x9988ul, Memory.Load16(address));
            Assert.Equal(0xbbaa_9988ul, Memory.Load32(address));
            Assert.Equal(0xffee_ddcc_bbaa_9988ul, Memory.Load64(address));
            Assert.Equal(0xffff_ffff_ffff_ff88ul, Memory.LoadSigned8(address));
            Assert.Equal(0xffff_ffff_ffff_9988ul, Memory.LoadSigned16(address));
            Assert.Equal(0xffff_ffff_bbaa_9988ul, Memory.LoadSigned32(address));
        }
    }

    [Fact]
    public void Stores_write_their_size_and_nothing_beside()
    {
        AssertStore([0, 0x88, 0, 0, 0, 0, 0, 0, 0, 0], address => Memory.Store8(address, Value));
        AssertStore([0, 0x88, 0x77, 0, 0, 0, 0, 0, 0, 0], address => Memory.Store16(address, Value));
        AssertStore([0, 0x88, 0x77, 0x66, 0x55, 0, 0, 0, 0, 0], address => Memory.Store32(address, Value));
        AssertStore([0, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0], address => Memory.Store64(address, Value));
    }

    private const ulong Value = 0x1122_3344_5566_7788;

    private delegate void Store(byte* address);

    private static void AssertStore(byte[] expected, Store store)
    {
        byte[] bytes = new byte[expected.Length];
        fixed (byte* start = bytes)
        {
            store(start + 1);
        }

        Assert.Equal(expected, bytes);
    }
}
