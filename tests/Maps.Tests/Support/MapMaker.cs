using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Maps.Tests;

/// <summary>Makes maps for tests: through a runtime when the loader's checks count, or straight from the type.</summary>
internal static class MapMaker
{
    public static SkepRuntime Runtime()
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        foreach (IPlugin plugin in (IPlugin[])[new ArrayMapsPlugin(), new HashMapsPlugin(), new RingMapsPlugin(), new QueueMapsPlugin(), new TrieMapsPlugin()])
        {
            var collector = new Collector();
            plugin.Register(collector);
            Assert.True(builder.Add(new PluginRecord(plugin.Info), collector.Providers));
        }

        return new SkepRuntime(builder.Build(), Limits.Default);
    }

    public static MapSpec Spec(uint type, uint keySize, uint valueSize, uint entries, uint flags = 0) => new()
    {
        Name = "m",
        Type = new MapTypeReference(new MapTypeNumber(type)),
        KeySize = keySize,
        ValueSize = valueSize,
        MaxEntries = entries,
        Flags = flags,
    };

    public static IKeyedMap Hash(uint keySize, uint valueSize, uint entries, uint flags = 0) => (IKeyedMap)Create(new HashMapType(), Spec(1, keySize, valueSize, entries, flags));

    public static IKeyedMap Array(uint valueSize, uint entries, uint flags = 0) => (IKeyedMap)Create(new ArrayMapType(), Spec(2, sizeof(uint), valueSize, entries, flags));

    public static IPerCpuMap PerCpuArray(uint valueSize, uint entries, uint flags = 0) => (IPerCpuMap)Create(new PerCpuArrayMapType(), Spec(6, sizeof(uint), valueSize, entries, flags));

    public static IRingBufferMap Ring(uint size) => (IRingBufferMap)Create(new RingBufferMapType(), Spec(27, 0, 0, size));

    public static IPerCpuMap PerCpuHash(uint keySize, uint valueSize, uint entries, uint flags = 0)
        => (IPerCpuMap)Create(new PerCpuHashMapType(), Spec(5, keySize, valueSize, entries, flags));

    public static IKeyedMap LruHash(uint keySize, uint valueSize, uint entries, uint flags = 0)
        => (IKeyedMap)Create(new LruHashMapType(), Spec(9, keySize, valueSize, entries, flags));

    public static IPerCpuMap LruPerCpuHash(uint keySize, uint valueSize, uint entries)
        => (IPerCpuMap)Create(new LruPerCpuHashMapType(), Spec(10, keySize, valueSize, entries));

    public static IKeyedMap Trie(uint keySize, uint valueSize, uint entries) => (IKeyedMap)Create(new PrefixTrieType(), Spec(11, keySize, valueSize, entries, MapFlags.NoPreallocation));

    public static IQueueMap Queue(uint valueSize, uint entries) => (IQueueMap)Create(new QueueMapType(), Spec(22, 0, valueSize, entries));

    public static IQueueMap Stack(uint valueSize, uint entries) => (IQueueMap)Create(new StackMapType(), Spec(23, 0, valueSize, entries));

    private static IMap Create(IMapType type, MapSpec spec)
    {
        Result<IMap> made = type.Create(spec);
        return made.GetOrThrow();
    }

    private sealed class Collector : IPluginRegistry
    {
        public List<object> Providers { get; } = [];

        public void AddProgramType<T>()
            where T : class, IProgramType
            => Add<T>();

        public void AddHelperSet<T>()
            where T : class, IHelperSet
            => Add<T>();

        public void AddMapType<T>()
            where T : class, IMapType
            => Add<T>();

        public void AddAttachPoint<T>()
            where T : class, IAttachPoint
            => Add<T>();

        public void AddJitBackend<T>()
            where T : class, IJitBackend
            => Add<T>();

        private void Add<T>() => Providers.Add(Activator.CreateInstance<T>()!);
    }
}
