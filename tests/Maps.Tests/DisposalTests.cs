using Skep.Testing;
using Skep.Contracts;

namespace Skep.Maps.Tests;

public class DisposalTests
{
    [Fact]
    public void Disposing_while_user_code_works_throws_there_and_nowhere_else()
    {
        for (int round = 0; round < 150; round++)
        {
            IKeyedMap map = (round % 3) switch
            {
                0 => MapMaker.Array(8, 1000),
                1 => MapMaker.Hash(4, 8, 1000),
                _ => MapMaker.Hash(4, 8, 1000, MapFlags.NoPreallocation),
            };
            Crowd.Run(4, thread =>
            {
                if (thread == 0)
                {
                    for (int step = 0; step < round * 5; step++)
                    {
                        map.Update(BitConverter.GetBytes(step), new byte[8]);
                    }

                    map.Dispose();
                    map.Dispose();
                    return;
                }

                Assert.Throws<ObjectDisposedException>(() => WorkForEver(map, thread));
            });
            Assert.Throws<ObjectDisposedException>(() => map.NextKey([], new byte[4]));
        }
    }

    [Fact]
    public void A_thousand_maps_leave_no_memory_behind()
    {
        Cycle(20);
        long before = Environment.WorkingSet;
        Cycle(1000);

        // Each of the 1,000 touches more than a MiB.
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 100L << 20);

        static void Cycle(int count)
        {
            byte[] value = new byte[4000];
            for (int index = 0; index < count; index++)
            {
                using IKeyedMap array = MapMaker.Array(4000, 100);
                using IKeyedMap hash = MapMaker.Hash(4, 4000, 100);
                using IKeyedMap growing = MapMaker.Hash(4, 4000, 100, MapFlags.NoPreallocation);
                using IRingBufferMap ring = MapMaker.Ring(1 << 15);
                for (int key = 0; key < 100; key++)
                {
                    byte[] bytes = BitConverter.GetBytes(key);
                    Assert.Equal(Errno.None, array.Update(bytes, value));
                    Assert.Equal(Errno.None, hash.Update(bytes, value));
                    Assert.Equal(Errno.None, growing.Update(bytes, value));
                    RingBufferTests.Output(ring, value);
                }
            }
        }
    }

    private static void WorkForEver(IKeyedMap map, int thread)
    {
        byte[] value = new byte[8];
        byte[] next = new byte[4];
        for (int step = 0; ; step++)
        {
            byte[] key = BitConverter.GetBytes((step * thread) % 1000);
            switch (step % 5)
            {
                case 0:
                    map.Update(key, value);
                    break;
                case 1:
                    map.Delete(key);
                    break;
                case 2:
                    map.NextKey(key, next);
                    break;
                default:
                    map.Lookup(key, value);
                    break;
            }
        }
    }
}
