using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>What holds for every map that holds programs.</summary>
public abstract unsafe class ObjectMapContract : MapTypeContract
{
    private const uint Entries = 8;

    protected override void Touch(IMap map)
    {
        uint key = 0;
        Assert.Null(((IObjectMap<LoadedProgram>)map).Find((byte*)&key));
    }

    private static byte[] Key(uint index) => BitConverter.GetBytes(index);

    [Fact]
    public void What_was_set_is_found_and_held()
    {
        using FakeRuntime runtime = Runtime();
        var map = (IObjectMap<LoadedProgram>)runtime.AddMap(SpecOf(Entries)).Map;
        LoadedProgram first = runtime.Load("r0 = 1\nexit");
        LoadedProgram second = runtime.Load("r0 = 2\nexit");
        uint key = 3;
        Assert.Null(map.Find((byte*)&key));
        Assert.Equal(Errno.None, map.Set(Key(3), first));
        Assert.Same(first, map.Find((byte*)&key));
        Assert.NotEmpty(first.Holders);
        Assert.Throws<InvalidOperationException>(first.Dispose);
        Assert.Equal(Errno.None, map.Set(Key(3), second));
        Assert.Empty(first.Holders);
        first.Dispose();
        Assert.Equal(Errno.None, map.Set(Key(3), null));
        Assert.Null(map.Find((byte*)&key));
        second.Dispose();
    }

    [Fact]
    public void Bad_keys_have_the_kernels_errors()
    {
        using FakeRuntime runtime = Runtime();
        var map = (IObjectMap<LoadedProgram>)runtime.AddMap(SpecOf(Entries)).Map;
        LoadedProgram program = runtime.Load("r0 = 1\nexit");
        Assert.Equal(Errno.E2BIG, map.Set(Key(map.Spec.MaxEntries), program));
        Assert.Equal(Errno.EINVAL, map.Set([1], program));
        Assert.Equal(Errno.ENOENT, map.Set(Key(1), null));
        Assert.Empty(program.Holders);
        foreach (uint index in (uint[])[map.Spec.MaxEntries, uint.MaxValue])
        {
            uint key = index;
            Assert.Null(map.Find((byte*)&key));
        }
    }

    [Fact]
    public void All_are_replaced_in_one_step_or_none()
    {
        using FakeRuntime runtime = Runtime();
        var map = (IObjectMap<LoadedProgram>)runtime.AddMap(SpecOf(Entries)).Map;
        LoadedProgram old = runtime.Load("r0 = 1\nexit");
        LoadedProgram next = runtime.Load("r0 = 2\nexit");
        Assert.Equal(Errno.None, map.Set(Key(0), old));
        Assert.NotEqual(Errno.None, map.SetAll(new Dictionary<ReadOnlyMemory<byte>, LoadedProgram> { [Key(1)] = next, [Key(99)] = next }));
        Assert.Empty(next.Holders);
        Assert.NotEmpty(old.Holders);
        Assert.Equal(Errno.None, map.SetAll(new Dictionary<ReadOnlyMemory<byte>, LoadedProgram> { [Key(1)] = next }));
        Assert.Empty(old.Holders);
        uint key = 0;
        Assert.Null(map.Find((byte*)&key));
        key = 1;
        Assert.Same(next, map.Find((byte*)&key));
    }

    [Fact]
    public void Disposal_lets_go_of_all()
    {
        using FakeRuntime runtime = Runtime();
        LoadedMap map = runtime.AddMap(SpecOf(Entries));
        LoadedProgram program = runtime.Load("r0 = 1\nexit");
        Assert.Equal(Errno.None, ((IObjectMap<LoadedProgram>)map.Map).Set(Key(0), program));
        map.Dispose();
        Assert.Empty(program.Holders);
    }

    [Fact]
    public void Readers_see_the_old_or_the_new_element_and_never_neither()
    {
        using FakeRuntime runtime = Runtime();
        var map = (IObjectMap<LoadedProgram>)runtime.AddMap(SpecOf(Entries)).Map;
        LoadedProgram[] programs = [runtime.Load("r0 = 1\nexit"), runtime.Load("r0 = 2\nexit")];
        Assert.Equal(Errno.None, map.Set(Key(0), programs[0]));
        Crowd.Run(4, thread =>
        {
            uint key = 0;
            for (int i = 0; i < 20_000; i++)
            {
                if (thread < 2)
                {
                    Assert.Equal(Errno.None, i % 2 == 0
                        ? map.Set(Key(0), programs[(i + thread) % 2])
                        : map.SetAll(new Dictionary<ReadOnlyMemory<byte>, LoadedProgram> { [Key(0)] = programs[i % 2] }));
                }
                else
                {
                    Assert.NotNull(map.Find((byte*)&key));
                }
            }
        });
        Assert.Equal(1, programs.Sum(program => program.Holders.Count));
    }

    [Fact]
    public void Programs_of_every_engine_go_on_in_what_it_holds()
    {
        if ((Create().Descriptor.Operations & MapOperations.TailCall) == 0)
        {
            return;
        }

        using FakeRuntime runtime = Runtime();
        var map = (IObjectMap<LoadedProgram>)runtime.AddMap(SpecOf(Entries)).Map;
        const string caller = "r2 = map[m]\nr3 = *(u32 *)(r1 +0)\ncall bpf_tail_call\nr0 = 5\nexit";
        foreach (string from in runtime.Engines)
        {
            foreach (string to in runtime.Engines)
            {
                using LoadedProgram target = runtime.Load("r0 = *(u32 *)(r1 +4)\nexit", to);
                Assert.Equal(Errno.None, map.Set(Key(2), target));
                Assert.Equal(42UL, runtime.Run(caller, from, MemoryMarshal.AsBytes((Span<uint>)[2, 42])));
                Assert.Equal(5UL, runtime.Run(caller, from, MemoryMarshal.AsBytes((Span<uint>)[3, 42])));
                Assert.Equal(5UL, runtime.Run(caller, from, MemoryMarshal.AsBytes((Span<uint>)[uint.MaxValue, 42])));
                Assert.Equal(Errno.None, map.Set(Key(2), null));
            }
        }
    }
}
