using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Skep.Programs;

namespace Skep.Execution.Native;

/// <summary>The header and the records of a jit dump, version 1, as bytes; numbers are little-endian, timestamps in nanoseconds.</summary>
internal static partial class JitDumpRecord
{
    private const uint Magic = 0x4a695444;
    private const uint Version = 1;
    private const int HeaderBytes = 40;

    // An id, the record's length and a timestamp.
    private const int PrefixBytes = 16;
    private const int LengthOffset = 4;

    private const uint LoadId = 0;
    private const uint LinesId = 2;
    private const uint CloseId = 3;

    /// <summary>The processor in the numbers of ELF.</summary>
    private static uint Machine => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 62,
        Architecture.Arm64 => 183,
        _ => 0,
    };

    public static ArrayBufferWriter<byte> Header(ulong timestamp)
    {
        var header = new ArrayBufferWriter<byte>(HeaderBytes);
        Number(header, Magic);
        Number(header, Version);
        Number(header, HeaderBytes);
        Number(header, Machine);
        Number(header, 0u);
        Number(header, (uint)Environment.ProcessId);
        Number(header, timestamp);
        Number(header, 0UL);
        return header;
    }

    /// <summary>A function, with its bytes.</summary>
    /// <param name="index">Different for each function of a file: it names the object file that perf makes.</param>
    public static ArrayBufferWriter<byte> Load(ulong timestamp, nint address, ReadOnlySpan<byte> code, ulong index, string name)
    {
        ArrayBufferWriter<byte> record = Begin(LoadId, timestamp, code.Length + 128);
        Number(record, (uint)Environment.ProcessId);
        Number(record, (uint)ThreadId());
        Number(record, (ulong)address);
        Number(record, (ulong)address);
        Number(record, (ulong)code.Length);
        Number(record, index);
        Text(record, name);
        record.Write(code);
        return Finish(record);
    }

    /// <summary>The source lines of a function; comes before the function itself.</summary>
    /// <param name="address">Of the code that offsets are in.</param>
    public static ArrayBufferWriter<byte> Lines(ulong timestamp, nint address, CodeSymbol function, ReadOnlySpan<CodeSource> lines)
    {
        ArrayBufferWriter<byte> record = Begin(LinesId, timestamp, lines.Length * 64);
        Number(record, (ulong)(address + function.Offset));
        Number(record, (ulong)lines.Length);
        foreach (CodeSource line in lines)
        {
            SourceLine source = line.Source;
            Number(record, (ulong)(address + Math.Max(line.Offset, function.Offset)));
            Number(record, (uint)source.Line);
            Number(record, 0u);
            Text(record, source.File);
        }

        return Finish(record);
    }

    /// <summary>The end of the file.</summary>
    public static ArrayBufferWriter<byte> Close(ulong timestamp) => Finish(Begin(CloseId, timestamp, PrefixBytes));

    private static ArrayBufferWriter<byte> Begin(uint id, ulong timestamp, int capacity)
    {
        var record = new ArrayBufferWriter<byte>(Math.Max(capacity, PrefixBytes));
        Number(record, id);
        Number(record, 0u);
        Number(record, timestamp);
        return record;
    }

    private static ArrayBufferWriter<byte> Finish(ArrayBufferWriter<byte> record)
    {
        Span<byte> bytes = MemoryMarshal.AsMemory(record.WrittenMemory).Span;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[LengthOffset..], bytes.Length);
        return record;
    }

    private static void Number(ArrayBufferWriter<byte> record, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record.GetSpan(sizeof(uint)), value);
        record.Advance(sizeof(uint));
    }

    private static void Number(ArrayBufferWriter<byte> record, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(record.GetSpan(sizeof(ulong)), value);
        record.Advance(sizeof(ulong));
    }

    /// <summary>In UTF-8, with a zero behind it and none inside.</summary>
    private static void Text(ArrayBufferWriter<byte> record, string text)
    {
        Encoding.UTF8.GetBytes(text.Replace('\0', '?'), record);
        record.GetSpan(1)[0] = 0;
        record.Advance(1);
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ThreadId();
}
