namespace Skep.KernelOracle.Tests;

public sealed class KernelMapTests
{
    public KernelMapTests() => Assert.SkipUnless(Kernel.IsAvailable(out string reason), reason);

    [Fact]
    public void Operations_answer_with_the_kernels_errno()
    {
        using KernelMap map = KernelMap.Create(KernelMapType.Hash, keySize: 4, valueSize: 8, maxEntries: 1);
        byte[] one = [1, 0, 0, 0];
        byte[] two = [2, 0, 0, 0];
        byte[] written = [1, 2, 3, 4, 5, 6, 7, 8];
        byte[] read = new byte[8];
        byte[] next = new byte[4];

        Assert.Equal(Errno.ENOENT, map.Lookup(one, read));
        Assert.Equal(Errno.ENOENT, map.Update(one, written, KernelUpdateFlags.Exist));
        Assert.Equal(Errno.None, map.Update(one, written, KernelUpdateFlags.NoExist));
        Assert.Equal(Errno.EEXIST, map.Update(one, written, KernelUpdateFlags.NoExist));
        Assert.Equal(Errno.E2BIG, map.Update(two, written));
        Assert.Equal(Errno.None, map.Lookup(one, read));
        Assert.Equal(written, read);
        Assert.Equal(Errno.None, map.GetNextKey([], next));
        Assert.Equal(one, next);
        Assert.Equal(Errno.ENOENT, map.GetNextKey(one, next));
        Assert.Equal(Errno.None, map.Delete(one));
        Assert.Equal(Errno.ENOENT, map.Delete(one));
    }

    [Fact]
    public void A_queue_has_no_keys()
    {
        using KernelMap queue = KernelMap.Create(KernelMapType.Queue, keySize: 0, valueSize: 4, maxEntries: 2);
        byte[] value = new byte[4];

        Assert.Equal(Errno.None, queue.Update([], [1, 0, 0, 0]));
        Assert.Equal(Errno.None, queue.Update([], [2, 0, 0, 0]));
        Assert.Equal(Errno.None, queue.LookupAndDelete([], value));
        Assert.Equal([1, 0, 0, 0], value);
    }

    [Fact]
    public void A_per_cpu_value_is_one_for_each_cpu()
    {
        using KernelMap map = KernelMap.Create(KernelMapType.PercpuArray, keySize: 4, valueSize: 4, maxEntries: 1);
        byte[] values = new byte[map.ValueSize];

        Assert.Equal(0, values.Length % 8);
        Assert.Equal(Errno.None, map.Lookup([0, 0, 0, 0], values));
        Assert.Throws<ArgumentException>(() => map.Lookup([0, 0, 0, 0], new byte[4]));
    }

    [Fact]
    public void A_definition_that_the_kernel_refuses_gives_errno()
    {
        Errno error = KernelMap.TryCreate(KernelMapType.Array, keySize: 8, 8, 1, flags: 0, inner: null, out KernelMap? map);

        Assert.Equal(Errno.EINVAL, error);
        Assert.Null(map);
    }
}
