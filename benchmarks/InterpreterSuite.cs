using System.Globalization;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution.Interpreter;
using Skep.Isa;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Benchmarks;

/// <summary>FNV-1a over 1 KiB, one byte a round: loads, arithmetic and a branch, with nothing to wait for but the dispatch.</summary>
internal static unsafe class InterpreterSuite
{
    public static readonly Suite Suite = new("interpreter", "the fnv loop over 1 KiB: interpreter, C#, the kernel's JIT", Run);

    private const int Bytes = 1024;

    private const string Loop = """
        r0 = -2128831035
        w0 = w0
        r4 = 0
        next:
        r5 = *(u8 *)(r1 +0)
        r0 ^= r5
        r0 *= 16777619
        w0 = w0
        r1 += 1
        r4 += 1
        if r4 != 1024 goto next
        exit
        """;

    private const int KernelRepeat = 2000;

    // The kernel wants to see that the packet is long enough; the loop is the same.
    private const string KernelPrologue = """
        r2 = *(u32 *)(r1 +4)
        r1 = *(u32 *)(r1 +0)
        r3 = r1
        r3 += 1024
        if r3 > r2 goto short
        goto long
        short:
        r0 = 0
        exit
        long:

        """;

    private const int LoopInstructions = 7;
    private const int OtherInstructions = 4;
    private const int Instructions = (Bytes * LoopInstructions) + OtherInstructions;

    // Keeps the JIT from dropping what nobody would read.
    private static ulong _sink;

    private static void Run(Harness harness, TextWriter output)
    {
        byte* data = (byte*)NativeMemory.Alloc(Bytes);
        for (int i = 0; i < Bytes; i++)
        {
            data[i] = (byte)(i * 31);
        }

        var region = new MemoryRegion((nint)data, Bytes, MemoryAccess.Read);
        var entry = new ProgramEntry((ulong)data, Bytes, region);
        RawInstruction[] code = Assemble(Loop);
        using LoadedProgram fast = BenchmarkProgram.Load([.. code], program => InterpreterEngine.CreateUnchecked(program, Limits.Default));
        using LoadedProgram safe = BenchmarkProgram.Load([.. code], program => InterpreterEngine.CreateChecked(program, Limits.Default));
        ulong expected = Fnv(data, Bytes);
        Require("unchecked", expected, fast.Run(entry).Value);
        Require("checked", expected, safe.Run(entry).Value);

        Measurement native = harness.Measure(() => _sink = Fnv(data, Bytes));
        var rows = new List<string[]>
        {
            Row("interpreter, unchecked", harness.Measure(() => fast.Run(entry)), native),
            Row("interpreter, checked", harness.Measure(() => safe.Run(entry)), native),
            Row("C#, the same loop", native, native),
            KernelRow(harness, new ReadOnlySpan<byte>(data, Bytes), expected, native),
        };
        NativeMemory.Free(data);
        output.WriteLine($"fnv over {Bytes} bytes, {Instructions} eBPF instructions a run");
        output.WriteLine();
        Table.Write(output, ["engine", "ns a run", "best", "ns an instruction", "best", "times C#"], rows);
    }

    private static string[] KernelRow(Harness harness, ReadOnlySpan<byte> data, ulong expected, Measurement native)
    {
        KernelLoadResult loaded = KernelProgram.TryLoad(
            [.. Assemble(KernelPrologue + Loop).Select(slot => slot.Bits)], KernelProgramType.Xdp);
        if (!loaded.IsAccepted)
        {
            return [$"kernel's JIT: not here ({loaded.Error})", "", "", "", "", ""];
        }

        using KernelProgram program = loaded.Program;
        byte[] packet = data.ToArray();
        return Row("kernel's JIT", harness.MeasureRounds(() =>
        {
            KernelRunResult run = program.TestRun(packet, repeat: KernelRepeat);
            Require("kernel", (uint)expected, run.ReturnValue);
            return run.DurationNanoseconds;
        }), native);
    }

    private static ulong Fnv(byte* data, int length)
    {
        ulong hash = 2166136261;
        for (int i = 0; i < length; i++)
        {
            hash = (uint)((hash ^ data[i]) * 16777619);
        }

        return hash;
    }

    private static RawInstruction[] Assemble(string text)
    {
        AssemblerResult assembled = Assembler.Assemble(text);
        return assembled.Succeeded ? InstructionEncoder.Encode(assembled.Instructions.AsSpan()) : throw new InvalidOperationException(assembled.Errors[0].ToString());
    }

    private static void Require(string engine, ulong expected, ulong actual)
    {
        if (expected != actual)
        {
            throw new InvalidOperationException($"{engine} gave {actual}, not {expected}.");
        }
    }

    private static string[] Row(string name, Measurement measured, Measurement native) =>
    [
        name,
        Text(measured.Median, "F0"),
        Text(measured.Best, "F0"),
        Text(measured.Median / Instructions, "F2"),
        Text(measured.Best / Instructions, "F2"),
        Text(measured.Best / native.Best, "F1"),
    ];

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
