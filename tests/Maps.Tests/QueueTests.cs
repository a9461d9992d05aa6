using Skep.Contracts;
using Skep.KernelOracle;
using Errno = Skep.Contracts.Errno;

namespace Skep.Maps.Tests;

public unsafe class QueueTests
{
    [Theory]
    [InlineData(KernelMapType.Queue, 8)]
    [InlineData(KernelMapType.Queue, 3)]
    [InlineData(KernelMapType.Stack, 8)]
    [InlineData(KernelMapType.Stack, 13)]
    public void It_does_what_the_kernel_does(KernelMapType type, int size)
    {
        Assert.SkipUnless(KernelOracle.Kernel.IsAvailable(out string reason), reason);
        using KernelMap theirs = KernelMap.Create(type, 0, size, 5);
        using IQueueMap ours = type == KernelMapType.Queue ? MapMaker.Queue((uint)size, 5) : MapMaker.Stack((uint)size, 5);
        var random = new Random(3);
        byte[] value = new byte[size];
        for (int step = 0; step < 3000; step++)
        {
            byte[] expected = new byte[size];
            random.NextBytes(value);
            int kernel;
            long skep;
            fixed (byte* bytes = value)
            {
                switch (random.Next(5))
                {
                    case < 2:
                        ulong flags = (ulong)random.Next(4);
                        kernel = (int)theirs.Update([], value, (KernelUpdateFlags)flags);
                        skep = ours.Push(bytes, flags);
                        break;
                    case < 4:
                        kernel = (int)theirs.LookupAndDelete([], expected);
                        skep = ours.Pop(bytes);
                        Assert.True(skep != 0 || expected.AsSpan().SequenceEqual(value), $"step {step}");
                        break;
                    default:
                        kernel = (int)theirs.Lookup([], expected);
                        skep = ours.Peek(bytes);
                        Assert.True(skep != 0 || expected.AsSpan().SequenceEqual(value), $"step {step}");
                        break;
                }
            }

            Assert.True(kernel == -skep, $"step {step}: the kernel says {kernel}, Skep {skep}");
        }
    }

    [Fact]
    public void An_empty_one_gives_zeros()
    {
        using IQueueMap map = MapMaker.Queue(8, 2);
        long value = 7;
        Assert.Equal(-(long)Errno.ENOENT, map.Pop((byte*)&value));
        Assert.Equal(0, value);
    }
}
