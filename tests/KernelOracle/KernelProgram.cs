using System.Buffers;
using System.Buffers.Binary;
using System.Text;

using Microsoft.Win32.SafeHandles;

namespace Skep.KernelOracle;

/// <summary>
/// A program in the kernel, held by its file descriptor and by nothing else: it is attached to no event and pinned nowhere,
/// so it is gone once disposed. Safe for use from several threads.
/// </summary>
public sealed unsafe class KernelProgram : IDisposable
{
    private const int FirstLogSize = 64 * 1024;
    private const int DataGrowth = 256;

    private readonly SafeFileHandle _handle;

    private KernelProgram(SafeFileHandle handle, KernelProgramType type)
    {
        _handle = handle;
        Type = type;
    }

    /// <summary>The type that it was loaded as.</summary>
    public KernelProgramType Type { get; }

    /// <summary>The file descriptor, for program arrays; valid until disposed.</summary>
    public int Fd => (int)_handle.DangerousGetHandle();

    /// <summary>Has the kernel verify and compile a program.</summary>
    /// <param name="slots">
    /// The instructions, 8 bytes each, little-endian: opcode in the lowest byte, immediate in the highest four. A map is the
    /// 64-bit immediate load with source 1 (map) or 2 (value) and <see cref="KernelMap.Fd"/> as immediate.
    /// </param>
    /// <param name="type">What it is to be loaded as.</param>
    /// <param name="license">"GPL", or another to see GPL-only helpers refused.</param>
    /// <param name="logLevel">What the verifier is to write; none is fastest.</param>
    /// <param name="expectedAttachType"><c>enum bpf_attach_type</c>, where the type asks for it.</param>
    /// <param name="flags">How strictly to verify.</param>
    /// <param name="name">What bpftool shows; at most 15 ASCII letters, digits, '_' and '.'.</param>
    /// <returns>The verdict. A refusal is a result, not an exception.</returns>
    public static KernelLoadResult TryLoad(
        ReadOnlySpan<ulong> slots,
        KernelProgramType type,
        string license = "GPL",
        KernelLogLevel logLevel = KernelLogLevel.Level1 | KernelLogLevel.Stats,
        uint expectedAttachType = 0,
        KernelProgramFlags flags = KernelProgramFlags.None,
        string name = "") =>
        TryLoad(slots, new KernelProgramOptions(type)
        {
            License = license,
            LogLevel = logLevel,
            ExpectedAttachType = expectedAttachType,
            Flags = flags,
            Name = name,
        });

    /// <summary>Has the kernel verify and compile a program with all that an object file would say of it.</summary>
    /// <inheritdoc cref="TryLoad(ReadOnlySpan{ulong}, KernelProgramType, string, KernelLogLevel, uint, KernelProgramFlags, string)"/>
    /// <param name="options">Type, licence, types of functions and the rest.</param>
    public static KernelLoadResult TryLoad(ReadOnlySpan<ulong> slots, KernelProgramOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        fixed (ulong* insns = slots)
        fixed (byte* licenseText = Encoding.ASCII.GetBytes(options.License + '\0'))
        fixed (KernelFunctionInfo* functions = options.Functions)
        fixed (KernelLineInfo* lines = options.Lines)
        {
            var attributes = new ProgLoadAttributes
            {
                ProgType = (uint)options.Type,
                InsnCount = (uint)slots.Length,
                Insns = (ulong)insns,
                License = (ulong)licenseText,
                LogLevel = (uint)options.LogLevel,
                ProgFlags = (uint)options.Flags,
                ProgName = BpfSystemCall.EncodeName(options.Name),
                ExpectedAttachType = options.ExpectedAttachType,
            };
            if (options.Types is { } types)
            {
                attributes.ProgBtfFd = (uint)types.Fd;
                attributes.FuncInfoRecordSize = (uint)sizeof(KernelFunctionInfo);
                attributes.FuncInfo = (ulong)functions;
                attributes.FuncInfoCount = (uint)options.Functions.Length;
                attributes.LineInfoRecordSize = (uint)sizeof(KernelLineInfo);
                attributes.LineInfo = (ulong)lines;
                attributes.LineInfoCount = (uint)options.Lines.Length;
            }

            SafeFileHandle? handle = options.LogLevel == KernelLogLevel.None
                ? Load(ref attributes, [], out Errno error, out string log)
                : LoadWithLog(ref attributes, out error, out log);
            GC.KeepAlive(options.Types);
            return new KernelLoadResult(
                handle is null ? null : new KernelProgram(handle, options.Type), error, log, KernelVerifierStatistics.Parse(log));
        }
    }

    /// <summary>Runs the program by <c>BPF_PROG_TEST_RUN</c>.</summary>
    /// <param name="dataIn">The packet, at least 14 bytes for types that have one; empty for the others.</param>
    /// <param name="repeat">
    /// How often to run it, for packet types; 1 for the others. Each run starts with the packet as the last one left it. A signal
    /// to this thread makes the kernel start over, so more than 1 is no way to count effects on maps.
    /// </param>
    /// <param name="contextIn">
    /// The context: plain bytes for syscall programs (which get it back changed in <see cref="KernelRunResult.ContextOut"/>),
    /// 64-bit arguments for raw tracepoints, <c>struct __sk_buff</c> or <c>xdp_md</c> for packets.
    /// </param>
    /// <param name="dataSizeOut">Room for the packet afterwards, bytes; by default what came in and 256 more.</param>
    public KernelRunResult TestRun(
        ReadOnlySpan<byte> dataIn = default,
        int repeat = 1,
        ReadOnlySpan<byte> contextIn = default,
        int? dataSizeOut = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(repeat);
        byte[] dataOut = new byte[dataSizeOut ?? (dataIn.IsEmpty ? 0 : dataIn.Length + DataGrowth)];

        // Syscall programs write into the context that they were given, raw tracepoints give none back, and both refuse
        // any other field of the request.
        bool contextIsShared = Type is KernelProgramType.Syscall;
        byte[] sharedContext = contextIn.ToArray();
        byte[] separateContext = Type is KernelProgramType.Syscall or KernelProgramType.RawTracepoint
            ? []
            : new byte[contextIn.Length];

        fixed (byte* dataInPointer = dataIn, dataOutPointer = dataOut)
        fixed (byte* contextInPointer = sharedContext, contextOutPointer = separateContext)
        {
            using var use = new HandleUse(_handle);
            var attributes = new TestRunAttributes
            {
                ProgFd = (uint)use.Fd,
                DataSizeIn = (uint)dataIn.Length,
                DataSizeOut = (uint)dataOut.Length,
                DataIn = (ulong)dataInPointer,
                DataOut = (ulong)dataOutPointer,
                Repeat = repeat == 1 ? 0 : (uint)repeat, // the kernel's 0 is 1, and is the only value that every type takes
                ContextSizeIn = (uint)sharedContext.Length,
                ContextSizeOut = (uint)separateContext.Length,
                ContextIn = (ulong)contextInPointer,
                ContextOut = (ulong)contextOutPointer,
            };
            BpfSystemCall.Call(BpfCommand.ProgTestRun, ref attributes, out Errno error);
            return new KernelRunResult(
                error,
                attributes.ReturnValue,
                dataOut[..(int)Math.Min(attributes.DataSizeOut, (uint)dataOut.Length)],
                contextIsShared ? sharedContext : separateContext[..(int)Math.Min(attributes.ContextSizeOut, (uint)separateContext.Length)],
                attributes.Duration);
        }
    }

    /// <summary>What the kernel says about the program.</summary>
    public KernelProgramInfo GetInfo()
    {
        var info = default(ProgInfo);
        ThrowIfFailed(BpfSystemCall.GetInfo(_handle, ref info));
        return new KernelProgramInfo(
            (KernelProgramType)info.Type,
            info.Id,
            BinaryPrimitives.ReverseEndianness(info.Tag).ToString("x16", null),
            BpfSystemCall.DecodeName(info.Name),
            (int)info.XlatedLength,
            (int)info.JitedLength,
            (int)info.VerifiedInsns);
    }

    /// <summary>
    /// The instructions as the verifier left them: context accesses converted, look-ups inlined, dead code gone. What
    /// <c>bpftool prog dump xlated</c> prints.
    /// </summary>
    public ulong[] DumpXlated()
    {
        ulong[] slots = new ulong[GetInfo().XlatedLength / sizeof(ulong)];
        fixed (ulong* pointer = slots)
        {
            var info = new ProgInfo { XlatedLength = (uint)(slots.Length * sizeof(ulong)), XlatedInsns = (ulong)pointer };
            ThrowIfFailed(BpfSystemCall.GetInfo(_handle, ref info));
        }

        return slots;
    }

    /// <summary>Lets the kernel free the program.</summary>
    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle? LoadWithLog(ref ProgLoadAttributes attributes, out Errno error, out string log)
    {
        for (int size = FirstLogSize; ;)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                SafeFileHandle? handle = Load(ref attributes, buffer, out error, out log);
                bool isTruncated = error == Errno.ENOSPC && attributes.LogTrueSize > buffer.Length;
                if (!isTruncated || attributes.LogTrueSize > Array.MaxLength)
                {
                    return handle;
                }

                size = (int)attributes.LogTrueSize;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static SafeFileHandle? Load(ref ProgLoadAttributes attributes, byte[] buffer, out Errno error, out string log)
    {
        buffer.AsSpan(0, Math.Min(buffer.Length, 1)).Clear(); // the kernel writes nothing if it refuses before verifying
        fixed (byte* pointer = buffer)
        {
            attributes.LogSize = (uint)buffer.Length;
            attributes.LogBuffer = (ulong)pointer;
            int fd = BpfSystemCall.Call(BpfCommand.ProgLoad, ref attributes, out error);
            ReadOnlySpan<byte> text = buffer;
            int end = text.IndexOf((byte)0);
            log = Encoding.ASCII.GetString(end < 0 ? text : text[..end]);
            return error == Errno.None ? new SafeFileHandle(fd, ownsHandle: true) : null;
        }
    }

    private static void ThrowIfFailed(Errno error)
    {
        if (error != Errno.None)
        {
            throw new InvalidOperationException($"BPF_OBJ_GET_INFO_BY_FD failed with {error}");
        }
    }
}
