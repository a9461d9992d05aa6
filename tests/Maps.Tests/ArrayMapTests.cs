using System.Buffers.Binary;
using Skep.Contracts;

namespace Skep.Maps.Tests;

public unsafe class ArrayMapTests
{
    [Fact]
    public void Values_lie_side_by_side_aligned_and_zero()
    {
        using IKeyedMap map = MapMaker.Array(valueSize: 12, entries: 5);
        var direct = (IDirectValueMap)map;
        Assert.Equal(16u, direct.ValueStride);
        Assert.Equal(0, direct.Values.Address % 64);
        Assert.Equal((nuint)80, direct.Values.Length);
        Assert.Equal(MemoryAccess.ReadWrite, direct.Values.Access);
        Assert.Equal(-1, new ReadOnlySpan<byte>((byte*)direct.Values.Address, 80).IndexOfAnyExcept((byte)0));
        for (uint index = 0; index < 5; index++)
        {
            Assert.Equal(direct.Values.Address + (nint)(index * 16), map.ProgramLookup((byte*)&index));
        }

        uint beyond = 5;
        Assert.Equal(0, map.ProgramLookup((byte*)&beyond));
        beyond = uint.MaxValue;
        Assert.Equal(0, map.ProgramLookup((byte*)&beyond));
    }

    [Theory]
    [InlineData(0u, 0ul, 0)]
    [InlineData(4u, 2ul, 0)]
    [InlineData(5u, 0ul, -(int)Errno.E2BIG)]
    [InlineData(0u, 1ul, -(int)Errno.EEXIST)]
    [InlineData(5u, 1ul, -(int)Errno.E2BIG)]
    [InlineData(0u, 3ul, -(int)Errno.EINVAL)]
    [InlineData(5u, 3ul, -(int)Errno.EINVAL)]
    [InlineData(0u, 4ul, -(int)Errno.EINVAL)]
    [InlineData(5u, 4ul, -(int)Errno.E2BIG)]
    public void Programs_get_the_kernels_errors(uint index, ulong flags, int expected)
    {
        using IKeyedMap map = MapMaker.Array(valueSize: 8, entries: 5);
        ulong value = 77;
        Assert.Equal(expected, map.ProgramUpdate((byte*)&index, (byte*)&value, flags));
        Assert.Equal(-(int)Errno.EINVAL, map.ProgramDelete((byte*)&index));
        if (expected == 0)
        {
            Assert.Equal(77ul, *(ulong*)map.ProgramLookup((byte*)&index));
        }
    }

    [Fact]
    public void A_frozen_array_is_closed_to_user_code_only()
    {
        using IKeyedMap map = MapMaker.Array(valueSize: 8, entries: 1);
        ((IDirectValueMap)map).Freeze();
        byte[] key = new byte[4];
        byte[] value = new byte[8];
        Assert.Equal(Errno.EPERM, map.Update(key, value));
        Assert.Equal(Errno.EPERM, map.Delete(key));
        Assert.Equal(Errno.None, map.Lookup(key, value));
        uint index = 0;
        ulong written = 5;
        Assert.Equal(0, map.ProgramUpdate((byte*)&index, (byte*)&written, 0));
        Assert.Equal(Errno.None, map.Lookup(key, value));
        Assert.Equal(5ul, BinaryPrimitives.ReadUInt64LittleEndian(value));
    }

    [Theory]
    [InlineData(MapFlags.ReadOnlyProgram, MemoryAccess.Read)]
    [InlineData(MapFlags.WriteOnlyProgram, MemoryAccess.Write)]
    public void Direct_values_say_what_programs_may_do(uint flags, MemoryAccess expected)
    {
        using IKeyedMap map = MapMaker.Array(8, 1, flags);
        Assert.Equal(expected, ((IDirectValueMap)map).Values.Access);
    }

    [Fact]
    public void Spans_of_other_sizes_are_refused()
    {
        foreach (IKeyedMap map in (IKeyedMap[])[MapMaker.Array(8, 4), MapMaker.Hash(4, 8, 4), MapMaker.PerCpuArray(8, 4)])
        {
            using (map)
            {
                int size = map is IPerCpuMap perCpu ? perCpu.CpuCount * 8 : 8;
                Assert.Equal(Errno.EINVAL, map.Lookup(new byte[3], new byte[size]));
                Assert.Equal(Errno.EINVAL, map.Lookup(new byte[4], new byte[size - 1]));
                Assert.Equal(Errno.EINVAL, map.Update(new byte[5], new byte[size]));
                Assert.Equal(Errno.EINVAL, map.Update(new byte[4], new byte[size + 1]));
                Assert.Equal(Errno.EINVAL, map.Delete([]));
                Assert.Equal(Errno.EINVAL, map.NextKey([], new byte[5]));
                Assert.Equal(Errno.EINVAL, map.NextKey(new byte[3], new byte[4]));
            }
        }
    }

    [Fact]
    public void Each_cpu_has_its_value()
    {
        using IPerCpuMap map = MapMaker.PerCpuArray(valueSize: 4, entries: 3);
        uint index = 2;
        for (int cpu = 0; cpu < map.CpuCount; cpu++)
        {
            *(uint*)map.ProgramLookup((byte*)&index, cpu) = 100 + (uint)cpu;
        }

        byte[] values = new byte[map.CpuCount * 8];
        Assert.Equal(Errno.None, map.Lookup([2, 0, 0, 0], values));
        for (int cpu = 0; cpu < map.CpuCount; cpu++)
        {
            Assert.Equal(100ul + (uint)cpu, BinaryPrimitives.ReadUInt64LittleEndian(values.AsSpan(cpu * 8)));
        }

        Assert.Equal(0, map.ProgramLookup((byte*)&index, map.CpuCount));
        Assert.Equal(0, map.ProgramLookup((byte*)&index, -1));
        nint mine = map.ProgramLookup((byte*)&index);
        Assert.Contains(mine, Enumerable.Range(0, map.CpuCount).Select(cpu => AddressOf(map, 2, cpu)));
        uint value = 7;
        Assert.Equal(0, map.ProgramUpdate((byte*)&index, (byte*)&value, 0));
        Assert.Equal(-(int)Errno.EINVAL, map.ProgramUpdate((byte*)&index, (byte*)&value, 4));
        index = 3;
        Assert.Equal(-(int)Errno.E2BIG, map.ProgramUpdate((byte*)&index, (byte*)&value, 0));
        Assert.Equal(0, map.ProgramLookup((byte*)&index));
    }

    private static nint AddressOf(IPerCpuMap map, uint index, int cpu) => map.ProgramLookup((byte*)&index, cpu);
}
