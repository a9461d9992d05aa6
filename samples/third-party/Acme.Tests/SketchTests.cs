using System.Buffers.Binary;
using Acme.Sketch;
using Skep.Contracts;
using Skep.Testing;

namespace Acme.Tests;

/// <summary>What holds for every map type, and that a sketch counts. It keeps no keys, so the contract of keyed maps is not its own.</summary>
public sealed class SketchTests : MapTypeContract
{
    protected override IReadOnlyDictionary<Type, string> NotTestedBy
        => new Dictionary<Type, string> { [typeof(KeyedMapContract)] = "a sketch keeps no keys: an update adds, and a look-up gives at least what was added" };

    protected override IMapType Create() => new SketchMapType();

    [Fact]
    public void A_count_is_never_too_low_and_rarely_too_high()
    {
        using var map = (IKeyedMap)Make(1024);
        for (uint key = 0; key < 200; key++)
        {
            for (uint i = 0; i <= key; i++)
            {
                Assert.Equal(Errno.None, map.Update(Key(key), One));
            }
        }

        int exact = 0;
        for (uint key = 0; key < 200; key++)
        {
            ulong count = Count(map, key);
            Assert.True(count >= key + 1, $"{key}: {count}");
            exact += count == key + 1 ? 1 : 0;
        }

        Assert.True(exact >= 180, $"{exact} of 200 counts are exact");
    }

    [Fact]
    public async Task Nothing_is_lost_between_threads()
    {
        using var map = (IKeyedMap)Make(16);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                map.Update(Key(7), One);
            }
        })));
        Assert.Equal(40_000UL, Count(map, 7));
    }

    [Fact]
    public void Keys_are_not_kept()
    {
        using var map = (IKeyedMap)Make(16);
        Assert.Equal(Errno.EOPNOTSUPP, map.Delete(Key(1)));
        Assert.Equal(Errno.EOPNOTSUPP, map.NextKey([], new byte[4]));
        Assert.Equal(Errno.EOPNOTSUPP, map.Update(Key(1), One, MapUpdateFlags.NoExist));
    }

    private static byte[] One => [1, 0, 0, 0, 0, 0, 0, 0];

    private static byte[] Key(uint key) => BitConverter.GetBytes(key);

    private static ulong Count(IKeyedMap map, uint key)
    {
        byte[] value = new byte[8];
        Assert.Equal(Errno.None, map.Lookup(Key(key), value));
        return BinaryPrimitives.ReadUInt64LittleEndian(value);
    }
}

/// <summary>The contract of plugins.</summary>
public sealed class SketchPluginTests : PluginContract
{
    protected override IPlugin Create() => new SketchPlugin();
}
