using Skep.KernelOracle;
using Skep.Programs;
using Skep.Testing;

namespace Skep.Engines.Tests.Instructions;

/// <summary>Snippet programs on the running kernel.</summary>
internal sealed class KernelSnippets : IDisposable
{
    private static readonly byte[] Key = new byte[4];
    private static readonly byte[] Packet = new byte[64];

    private readonly KernelMap _map = KernelMap.Create(KernelMapType.Array, 4, SnippetProgram.Size, 1);
    private readonly byte[] _found = new byte[SnippetProgram.Size];
    private KernelProgram? _program;

    public string Log { get; private set; } = "";

    public bool Load(SnippetProgram program)
    {
        _program?.Dispose();
        ulong[] slots = [.. program.Spec.Instructions.Select(slot => slot.Bits)];
        foreach (MapValueReference reference in program.Spec.References.Cast<MapValueReference>())
        {
            ref ulong slot = ref slots[reference.Slot.Value];
            slot = (slot & 0x0000_0000_ffff_0fff) | (2UL << 12) | ((ulong)(uint)_map.Fd << 32);
            slots[reference.Slot.Value + 1] = (ulong)reference.Offset << 32;
        }

        KernelLoadResult result = KernelProgram.TryLoad(slots, KernelProgramType.Xdp, logLevel: KernelLogLevel.Level1);
        Log = result.Log;
        _program = result.Program;
        return _program is not null;
    }

    /// <summary>What the map's value is after a run.</summary>
    public ReadOnlySpan<byte> Run(ReadOnlySpan<byte> memory)
    {
        Require(_map.Update(Key, memory));
        KernelRunResult result = _program!.TestRun(Packet);
        Require(result.Error);
        Require(_map.Lookup(Key, _found));
        return _found;
    }

    public void Dispose()
    {
        _program?.Dispose();
        _map.Dispose();
    }

    private static void Require(Errno error)
    {
        if (error != Errno.None)
        {
            throw new InvalidOperationException($"the kernel says {error}");
        }
    }
}
