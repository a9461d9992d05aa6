using System.Buffers.Binary;
using Skep.Contracts;
using Skep.Testing;

namespace Skep.Maps.Tests;

/// <summary>The map types keep the contract, on every engine.</summary>
public static class ContractTests
{
    private static IJitBackend[] Engines => [new Jit.X64.X64Backend(), new Jit.Cil.CilBackend()];

    public sealed class Array : DirectValueMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IMapType Create() => new ArrayMapType();
    }

    public sealed class PerCpuArray : PerCpuMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override bool HasAllKeys => true;

        protected override IMapType Create() => new PerCpuArrayMapType();
    }

    public sealed class Hash : KeyedMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IMapType Create() => new HashMapType();
    }

    public sealed class GrowingHash : KeyedMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override uint RequiredFlags => MapFlags.NoPreallocation;

        protected override uint KeySize => 12;

        protected override IMapType Create() => new HashMapType();
    }

    public sealed class PerCpuHash : PerCpuMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IMapType Create() => new PerCpuHashMapType();
    }

    public sealed class LruHash : KeyedMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override bool Evicts => true;

        protected override IMapType Create() => new LruHashMapType();
    }

    public sealed class LruPerCpuHash : PerCpuMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override bool Evicts => true;

        protected override IMapType Create() => new LruPerCpuHashMapType();
    }

    public sealed class Trie : KeyedMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override uint RequiredFlags => MapFlags.NoPreallocation;

        protected override uint KeySize => 8;

        // As Linux has it.
        protected override Errno FullError => Errno.ENOSPC;

        protected override IMapType Create() => new PrefixTrieType();

        protected override void WriteKey(uint number, Span<byte> key)
        {
            // A prefix of all its bits matches itself only.
            BinaryPrimitives.WriteUInt32LittleEndian(key, 32);
            BinaryPrimitives.WriteUInt32BigEndian(key[4..], number);
        }
    }

    public sealed class Queue : QueueMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IMapType Create() => new QueueMapType();
    }

    public sealed class Stack : QueueMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override QueueOrder Order => QueueOrder.LastInFirstOut;

        protected override IMapType Create() => new StackMapType();
    }

    public sealed class Ring : RingBufferMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IMapType Create() => new RingBufferMapType();
    }

    public sealed class Programs : ObjectMapContract
    {
        protected override IEnumerable<IJitBackend> Backends => Engines;

        protected override IMapType Create() => new ProgramArrayType();
    }

    public sealed class ArrayPlugin : PluginContract
    {
        protected override IPlugin Create() => new ArrayMapsPlugin();
    }

    public sealed class HashPlugin : PluginContract
    {
        protected override IPlugin Create() => new HashMapsPlugin();
    }

    public sealed class QueuePlugin : PluginContract
    {
        protected override IPlugin Create() => new QueueMapsPlugin();
    }

    public sealed class TriePlugin : PluginContract
    {
        protected override IPlugin Create() => new TrieMapsPlugin();
    }

    public sealed class RingPlugin : PluginContract
    {
        protected override IPlugin Create() => new RingMapsPlugin();
    }

    public sealed class ProgramPlugin : PluginContract
    {
        protected override IPlugin Create() => new ProgramMapsPlugin();
    }
}
