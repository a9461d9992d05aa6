using System.Text;

namespace Skep.KernelOracle.Tests;

/// <summary>What a program needs types, kfuncs or rights for.</summary>
public sealed class KernelTypesTests
{
    private const uint IntegerKind = 1 << 24;
    private const uint FunctionKind = 12 << 24;
    private const uint PrototypeKind = 13 << 24;
    private const uint Global = 1;
    private const uint SignedInt32 = 1 << 24 | 32;

    private static readonly byte[] Strings = Encoding.ASCII.GetBytes("\0int\0main\0f\0file.c\0");

    /// <summary>int (1), int (void) (2), global main (3) and f (4) of that prototype.</summary>
    private static readonly uint[] Types =
    [
        1, IntegerKind, 4, SignedInt32,
        0, PrototypeKind, 1,
        5, FunctionKind | Global, 2,
        10, FunctionKind | Global, 2,
    ];

    public KernelTypesTests() => Assert.SkipUnless(Kernel.IsAvailable(out string reason), reason);

    [Fact]
    public void A_global_function_is_verified_by_its_type()
    {
        // f returns 7, which main is not to know: it loads from R9, never written, if R0 is not 7.
        ulong[] slots =
        [
            Slots.CallLocal(3), Slots.Encode(0x15, 0, offset: 1, immediate: 7), Slots.Mov(0, 9), Slots.Exit,
            Slots.MovImmediate(0, 7), Slots.Exit,
        ];
        using KernelBtf types = KernelBtf.Load(Encode());
        var options = new KernelProgramOptions(KernelProgramType.SocketFilter)
        {
            Types = types,
            Functions = [new(0, 3), new(4, 4)],
            Lines = [new(0, 12, 12, 1 << 10 | 1), new(4, 12, 12, 2 << 10 | 1)],
        };

        KernelLoadResult typed = KernelProgram.TryLoad(slots, options);
        KernelLoadResult untyped = KernelProgram.TryLoad(slots, KernelProgramType.SocketFilter);
        typed.Program?.Dispose();
        untyped.Program?.Dispose();

        Assert.Equal("R9 !read_ok", typed.Complaint);
        Assert.True(untyped.IsAccepted, untyped.Log);
    }

    [Fact]
    public void Types_that_are_none_are_told_with_the_log()
    {
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => KernelBtf.Load([1, 2, 3, 4]));
        Assert.Contains("refused the types", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernel_functions_are_found_by_name()
    {
        Assert.NotNull(KernelFunctions.Find("bpf_iter_num_new"));
        Assert.Null(KernelFunctions.Find("no_such_function_anywhere"));
    }

    [Fact]
    public void Fewer_rights_forbid_leaks_on_that_thread_alone()
    {
        ulong[] leak = [Slots.Mov(0, 1), Slots.Exit];

        KernelLoadResult reduced = ReducedRights.Run(() => KernelProgram.TryLoad(leak, KernelProgramType.Xdp));
        KernelLoadResult full = KernelProgram.TryLoad(leak, KernelProgramType.Xdp);
        full.Program?.Dispose();

        Assert.Equal("R0 leaks addr as return value", reduced.Complaint);
        Assert.True(full.IsAccepted, full.Log);
    }

    [Fact]
    public void What_an_action_with_fewer_rights_throws_comes_back() =>
        Assert.Throws<NotSupportedException>(() => ReducedRights.Run<int>(() => throw new NotSupportedException()));

    [Fact]
    public void The_time_of_verification_is_told()
    {
        KernelLoadResult result = KernelProgram.TryLoad([Slots.MovImmediate(0, 0), Slots.Exit], KernelProgramType.Xdp);
        result.Program?.Dispose();
        Assert.NotNull(result.Statistics);
        Assert.InRange(result.Statistics.VerificationTime, TimeSpan.FromMicroseconds(1), TimeSpan.FromSeconds(1));
    }

    private static byte[] Encode()
    {
        var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        writer.Write((ushort)0xeb9f);
        writer.Write((ushort)1);
        writer.Write(24);
        writer.Write(0);
        writer.Write(Types.Length * sizeof(uint));
        writer.Write(Types.Length * sizeof(uint));
        writer.Write(Strings.Length);
        foreach (uint word in Types)
        {
            writer.Write(word);
        }

        writer.Write(Strings);
        return stream.ToArray();
    }
}
