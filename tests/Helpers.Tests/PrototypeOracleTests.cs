using Skep.Contracts;
using Skep.KernelOracle;
using static Skep.Helpers.Tests.KernelCode;
using KernelErrno = Skep.KernelOracle.Errno;
using KernelHere = Skep.KernelOracle.Kernel;

namespace Skep.Helpers.Tests;

/// <summary>
/// Each descriptor against the kernel's own prototype. A call that is made from the descriptor must be accepted by the kernel's verifier, and each way to break
/// it that the descriptor forbids must be refused.
/// </summary>
public sealed class PrototypeOracleTests : IDisposable
{
    private const int SizeGiven = 8;
    private const int Reserve = 131;
    private const int Discard = 133;
    private const int SavedContext = 9;
    private const uint ReadOnlyForPrograms = 1 << 7;

    private readonly KernelMap _hash;
    private readonly KernelMap _perCpu;
    private readonly KernelMap _queue;
    private readonly KernelMap _ring;
    private readonly KernelMap _text;

    public PrototypeOracleTests()
    {
        Assert.SkipUnless(KernelHere.IsAvailable(out string reason), reason);
        _hash = KernelMap.Create(KernelMapType.Hash, 4, 8, 8);
        _perCpu = KernelMap.Create(KernelMapType.PercpuArray, 4, 8, 8);
        _queue = KernelMap.Create(KernelMapType.Queue, 0, 8, 8);
        _ring = KernelMap.Create(KernelMapType.Ringbuf, 0, 0, 4096);
        _text = KernelMap.Create(KernelMapType.Array, 4, 4, 1, ReadOnlyForPrograms);
        Assert.Equal(KernelErrno.None, _text.Update(new byte[4], "%d\0\0"u8));
        Assert.Equal(KernelErrno.None, _text.Freeze());
    }

    public void Dispose()
    {
        foreach (KernelMap? map in (KernelMap?[])[_hash, _perCpu, _queue, _ring, _text])
        {
            map?.Dispose();
        }
    }

    /// <summary>All but those whose calls the kernel takes only with BTF: locks, callbacks, named functions.</summary>
    public static TheoryData<string> Names =>
    [
        .. BaseSets.Helpers.Where(helper => helper.Number is not null
            && !helper.Arguments.Any(argument => argument.Kind is HelperArgumentKind.SpinLock or HelperArgumentKind.Function)).Select(helper => helper.Name),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_call_by_the_descriptor_is_accepted(string name)
    {
        KernelLoadResult result = Load(Find(name), breakArgument: -1);
        result.Program?.Dispose();
        Assert.True(result.IsAccepted, result.Log);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_licence_is_asked_for_where_the_descriptor_says_so(string name)
    {
        HelperDescriptor helper = Find(name);
        KernelLoadResult result = Load(helper, breakArgument: -1, license: "MIT");
        result.Program?.Dispose();
        Assert.Equal(helper.IsGplOnly, result.Log.Contains("GPL-restricted", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_argument_of_the_descriptor_is_wanted(string name)
    {
        HelperDescriptor helper = Find(name);
        for (int i = 0; i < helper.Arguments.Length; i++)
        {
            KernelLoadResult result = Load(helper, breakArgument: i);
            result.Program?.Dispose();
            Assert.False(result.IsAccepted, $"argument {i + 1} may be missing");
            Assert.Contains($"R{i + 1} !read_ok", result.Log, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Numbers_are_taken_for_numbers_only(string name)
    {
        HelperDescriptor helper = Find(name);
        for (int i = 0; i < helper.Arguments.Length; i++)
        {
            KernelLoadResult result = Load(helper, i, broken: Mov(i + 1, SizeGiven));
            result.Program?.Dispose();
            bool isNumber = helper.Arguments[i].Kind is HelperArgumentKind.Anything or HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero or HelperArgumentKind.AllocationSize;
            Assert.True(isNumber == result.IsAccepted, $"argument {i + 1}: {result.Log}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Size_0_is_taken_where_the_descriptor_says_so(string name)
    {
        HelperDescriptor helper = Find(name);
        for (int i = 0; i < helper.Arguments.Length; i++)
        {
            if (helper.Arguments[i].Kind is HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero)
            {
                // No values to print go with a format that prints one.
                bool isRefusedByFormat = name == "bpf_snprintf" && i == 4;
                KernelLoadResult result = Load(helper, i, broken: Mov(i + 1, 0));
                result.Program?.Dispose();
                Assert.Equal(helper.Arguments[i].Kind == HelperArgumentKind.SizeOrZero && !isRefusedByFormat, result.IsAccepted);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Null_memory_is_taken_where_the_descriptor_says_so(string name)
    {
        HelperDescriptor helper = Find(name);
        for (int i = 0; i + 1 < helper.Arguments.Length; i++)
        {
            if (helper.Arguments[i + 1].Kind is HelperArgumentKind.SizeOrZero)
            {
                bool isRefusedByFormat = name == "bpf_snprintf" && i == 3;
                KernelLoadResult result = Load(helper, i, Mov(i + 1, 0), sizeAfter: 0);
                result.Program?.Dispose();
                Assert.Equal(helper.Arguments[i].MaybeNull && !isRefusedByFormat, result.IsAccepted);
            }
        }
    }

    private static HelperDescriptor Find(string name) => BaseSets.Helpers.Single(helper => helper.Name == name);

    /// <summary>Loads a program that calls the helper; one argument is missing, or replaced.</summary>
    private KernelLoadResult Load(HelperDescriptor helper, int breakArgument, ulong? broken = null, int? sizeAfter = null, string license = "GPL")
    {
        var code = new List<ulong> { Copy(SavedContext, 1) };
        for (int offset = -64; offset < 0; offset += 8)
        {
            code.AddRange([Mov(1, 0), Store(10, offset, 1)]);
        }

        bool releases = helper.Arguments is [{ Kind: HelperArgumentKind.AcquiredMemory }, ..];
        if (releases)
        {
            code.AddRange([.. LoadMap(1, _ring.Fd), Mov(2, SizeGiven), Mov(3, 0), Call(Reserve), JumpIfZero(0, 0), Copy(8, 0)]);
        }

        // A local call makes R1 to R5 unreadable; so does any helper.
        code.Add(Call(7));
        int jump = code.Count;
        for (int i = 0; i < helper.Arguments.Length; i++)
        {
            if (i != breakArgument)
            {
                code.AddRange(sizeAfter is { } size && i == breakArgument + 1 && breakArgument >= 0 ? [Mov(i + 1, size)] : Argument(helper.Arguments[i], i + 1));
            }
            else if (broken is { } instruction)
            {
                code.Add(instruction);
            }
        }

        code.Add(Call(helper.Number!.Value.Value));
        if (helper.Result.Acquires)
        {
            code.AddRange([JumpIfZero(0, 3), Copy(1, 0), Mov(2, 0), Call(Discard)]);
        }

        if (releases)
        {
            int distance = code.Count - (jump - 3) - 1;
            code[jump - 3] = JumpIfZero(0, distance);
        }

        code.AddRange([Mov(0, 0), Exit]);

        // Linux keeps the coarse clock from tracing programs, which may interrupt the one who sets it.
        KernelProgramType type = helper.Name == "bpf_ktime_get_coarse_ns" ? KernelProgramType.SocketFilter : KernelProgramType.Tracepoint;
        return KernelProgram.TryLoad(code.ToArray(), type, license);
    }

    private ulong[] Argument(HelperArgument argument, int register) => argument.Kind switch
    {
        HelperArgumentKind.ConstMap => LoadMap(register, MapFor(argument.Operations).Fd),
        HelperArgumentKind.MapKey => StackAddress(register, -8),
        HelperArgumentKind.MapValue => StackAddress(register, -16),
        HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory => StackAddress(register, -8 * (register + 2)),
        HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero or HelperArgumentKind.AllocationSize => [Mov(register, SizeGiven)],
        HelperArgumentKind.ConstString => LoadMapValue(register, _text.Fd),
        HelperArgumentKind.AcquiredMemory => [Copy(register, 8)],
        HelperArgumentKind.Anything => [Mov(register, 0)],
        _ => throw new NotSupportedException($"no example for {argument.Kind}"),
    };

    private KernelMap MapFor(MapOperations operations) => operations switch
    {
        MapOperations.PerCpuLookup => _perCpu,
        MapOperations.RingBuffer => _ring,
        MapOperations.Push or MapOperations.Pop or MapOperations.Peek => _queue,
        _ => _hash,
    };
}
